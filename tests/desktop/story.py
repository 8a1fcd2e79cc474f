"""What the pictures in docs show: a project, and conversations about it that tell a story."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.api import Api
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks, Usage

LOGIN = """def login(request, users):
    user = users.find(request.email)
    if user.role != "admin":
        return 403
    return 200 if user.check(request.password) else 401
"""
TEST = """from auth.login import login

assert login, "there is a login"
"""
FOUND = """The check in `auth/login.py` runs **before the password is looked at**, and it lets only administrators through:

```python
if user.role != "admin":
    return 403
```

So every customer gets a 403, whatever they type. Two ways to mend it:

| Way | What changes |
|---|---|
| Ask for the permission `login` | customers get in, blocked accounts do not |
| Drop the check | everybody with a password gets in |

I would take the first. It keeps blocked accounts out, and `tests/test_login.py` covers it already.
"""
TITLES = [
    "Release notes for 2.4",
    "Speed up the import script",
    "Why is the cache cold?",
    "Rename the order states",
]
QUESTION = {
    "question": "Which accounts shall be able to sign in?",
    "header": "Access",
    "options": [
        {"label": "Everybody with the permission", "description": "Blocked accounts stay out"},
        {"label": "Everybody with a password", "description": "Also blocked accounts"},
        {"label": "Administrators alone", "description": "As it is today"},
    ],
}


def make_project(shop: Path) -> None:
    """Writes the project's files."""
    for name, text in (
        ("auth/login.py", LOGIN),
        ("tests/test_login.py", TEST),
        ("AGENTS.md", "Run `make test`.\n"),
    ):
        (shop / name).parent.mkdir(parents=True, exist_ok=True)
        (shop / name).write_text(text)
    subprocess.run(["git", "init", "-q", "-b", "main", str(shop)], check=True)


def prepare(api: Api, model: FakeAnthropic, shop: Path) -> dict[str, str]:
    """Conversations that tell a story; by name, their ids."""
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(shop)})["id"]
    for pattern, behavior in (
        ("Bash(git diff *)", "allow"),
        ("Bash(make test)", "allow"),
        ("Bash(git push *)", "deny"),
    ):
        api.post("/api/permissions", {"pattern": pattern, "behavior": behavior, "projectId": project})
    for title in TITLES:
        model.script(Answer(Says("Done."), usage=Usage(len(title) * 900, 1_200)))
        conversation = api.new("claude-code", title=title, projectId=project, modelId="sonnet")
        api.ask(conversation, title)
        api.post(f"/api/chat/conversations/{conversation}/read")
    asks = api.new("claude-code", title="Who may sign in?", projectId=project, modelId="sonnet")
    model.script(Answer(Says("One thing first:"), Calls("AskUserQuestion", {"questions": [QUESTION]})))
    with api.send(asks, "Let customers sign in") as stream:
        stream.until("question")
    chat = api.new("claude-code", title="Debug the login", projectId=project, modelId="sonnet")
    model.script(
        Answer(
            Thinks("The 403 comes before the password check. Look at the role."),
            Says("I'll read the login code and its test."),
            Calls("Read", {"file_path": "auth/login.py"}),
            Calls("Grep", {"pattern": "role", "output_mode": "content"}),
        ),
        Answer(Says(FOUND)),
        Answer(
            Says("I'll ask for the permission instead of the role."),
            Calls(
                "Edit",
                {
                    "file_path": "auth/login.py",
                    "old_string": '    if user.role != "admin":\n        return 403\n',
                    "new_string": '    if not user.can("login"):\n        return 403\n',
                },
            ),
        ),
    )
    api.ask(chat, "Why does the login answer 403 for customers?")
    edit = api.post(f"/api/chat/conversations/{chat}/fork", {"messageId": api.messages(chat)[-1]["id"]})["id"]
    api.patch(f"/api/chat/conversations/{edit}", {"title": "Mend the login"})
    with api.send(edit, "Mend it the first way") as stream:
        stream.until("permission_request")
    for title, priority in (("Write the release notes for 2.4", "high"), ("Update the dependencies", "low")):
        api.post("/api/tasks", {"title": title, "priority": priority, "projectId": project})
    api.patch("/api/settings", {"dailyBudgetUsd": 2.0})
    return {"chat": chat, "permission": edit, "question": asks, "project": project}
