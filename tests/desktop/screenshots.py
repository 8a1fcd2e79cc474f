"""Writes pictures of the main screens, in both themes, to `docs/screenshots`: `make screenshots`.

A real daemon, a fake model with a fixed script, a browser. Look at each picture before it is kept.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.api import Api
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks

FOLDER = REPOSITORY / "docs" / "screenshots"
COLOURS = 256
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


def main() -> None:
    """Takes all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing; `make system-deps` installs it")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, FakeAnthropic() as model, sync_playwright() as playwright:
        home = Path(scratch) / "home"
        shop = home / "webshop"
        _make_project(shop)
        environment = clean_environment(home, ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=model.base_url)
        daemon = DaemonProcess(Path(scratch) / "data", environment)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            conversations = _prepare(daemon.client, model, shop)
            for theme in ("light", "dark"):
                _take(browser, daemon, conversations, theme)
        finally:
            browser.close()
            daemon.stop()


def _make_project(shop: Path) -> None:
    for name, text in (
        ("auth/login.py", LOGIN),
        ("tests/test_login.py", TEST),
        ("AGENTS.md", "Run `make test`.\n"),
    ):
        (shop / name).parent.mkdir(parents=True, exist_ok=True)
        (shop / name).write_text(text)
    subprocess.run(["git", "init", "-q", "-b", "main", str(shop)], check=True)


def _prepare(api: Api, model: FakeAnthropic, shop: Path) -> dict[str, str]:
    """Conversations that tell a story; by name, their ids."""
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(shop)})["id"]
    for pattern, behavior in (
        ("Bash(git diff *)", "allow"),
        ("Bash(make test)", "allow"),
        ("Bash(git push *)", "deny"),
    ):
        api.post("/api/permissions", {"pattern": pattern, "behavior": behavior, "projectId": project})
    for title in TITLES:
        model.script(Answer(Says("Done.")))
        api.ask(api.new("claude-code", title=title, projectId=project, modelId="sonnet"), title)
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
    return {"chat": chat, "permission": edit, "question": asks}


def _take(
    browser: Browser, daemon: DaemonProcess, conversations: dict[str, str], theme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(daemon.client.post("/api/session/links")["url"])
    page.wait_for_url(daemon.url + "/")
    expect(page.get_by_role("tab").first).to_be_visible()
    expect(page.locator(".conversation")).to_have_count(len(TITLES) + 3)
    _keep(page, "home", theme)
    for name, conversation in conversations.items():
        page.goto(f"{daemon.url}/conversations/{conversation}")
        waits = page.locator(".request") if name != "chat" else page.get_by_role("button", name="Copy answer")
        expect(waits.first).to_be_visible()
        expect(page.locator(".meter")).to_be_visible()
        _keep(page, name, theme)
    page.goto(f"{daemon.url}/inbox")
    expect(page.locator(".request")).to_have_count(2)
    _keep(page, "inbox", theme)
    page.goto(f"{daemon.url}/settings/permissions")
    expect(page.get_by_role("list", name="Rules").get_by_role("listitem")).to_have_count(3)
    page.get_by_label("Command").fill("git diff HEAD; git push")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="Ask")).to_be_visible()
    _keep(page, "permissions", theme)
    page.goto(f"{daemon.url}/conversations/{conversations['chat']}")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="New chat").first).to_be_visible()
    _keep(page, "palette", theme)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 760})
    page.goto(f"{daemon.url}/conversations/{conversations['permission']}")
    expect(page.locator(".request")).to_be_visible()
    _keep(page, "narrow", theme)
    context.close()


def _keep(page: Page, name: str, theme: str) -> None:
    """Saves what is on the screen, with few colours, since these files are in the repository."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}-{theme}.png", optimize=True)


if __name__ == "__main__":
    main()
