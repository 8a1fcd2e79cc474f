"""The main screens, each as a person would meet it: for the checks of accessibility and for the pictures in docs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.api import Api
from tests.sample_files import image

Show = Callable[[Page, str, Api, Path], None]


def send(page: Page, text: str) -> None:
    """Types a message and sends it."""
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def open_conversation(page: Page, url: str, conversation: str) -> None:
    """Goes to a conversation."""
    page.goto(f"{url}/conversations/{conversation}")
    expect(page.get_by_label("Message", exact=True)).to_be_visible()


def home(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(url)
    expect(page.get_by_role("tab", name="Explore")).to_be_visible()
    expect(page.get_by_role("heading", name="No model is connected yet")).to_be_visible()


def answer(page: Page, url: str, api: Api, folder: Path) -> None:
    conversation = api.new(workingDirectory=str(folder))
    api.ask(conversation, "help")
    api.ask(conversation, "read notes.txt\nsearch line")
    open_conversation(page, url, conversation)
    expect(page.get_by_role("article")).to_have_count(4)
    page.locator(".tool-line").first.click()
    expect(page.locator(".tool-body").first).to_contain_text("second line")


def permission(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new(workingDirectory=str(folder)))
    send(page, "edit notes.txt: replace second with 2nd")
    expect(page.get_by_role("group", name="Allow Edit?")).to_be_visible()


def always(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new(workingDirectory=str(folder)))
    send(page, "run git diff HEAD")
    page.get_by_role("button", name="Always").click(delay=450)
    expect(page.get_by_label("Pattern")).to_be_focused()


def question(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new())
    send(page, "ask Which database shall it use?: SQLite | Postgres | MariaDB")
    form = page.get_by_role("group", name="A question for you")
    form.get_by_label("Postgres").check()


def inbox(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new(workingDirectory=str(folder)))
    send(page, "run make test")
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    page.goto(f"{url}/inbox")
    expect(page.locator(".request")).not_to_have_count(0)


def stopped(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new(workingDirectory=str(folder)))
    send(page, "run sleep 60")
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()


def menu(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new())
    page.get_by_role("button", name="Model:").click()
    expect(page.get_by_role("menu")).to_be_visible()


def commands(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new())
    page.get_by_label("Message", exact=True).press_sequentially("/")
    expect(page.get_by_role("option")).not_to_have_count(0)


def keys(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/inbox")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def palette(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/inbox")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="New chat").first).to_be_visible()


def providers(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/providers")
    expect(page.get_by_label("API key")).to_have_count(2)


def permissions(page: Page, url: str, api: Api, folder: Path) -> None:
    if not api.get("/api/permissions"):
        for pattern, behavior in (
            ("Bash(git diff *)", "allow"),
            ("Edit(src/**)", "allow"),
            ("Bash(rm *)", "deny"),
        ):
            api.post("/api/permissions", {"pattern": pattern, "behavior": behavior})
    page.goto(f"{url}/settings/permissions")
    expect(page.get_by_role("list", name="Rules").get_by_role("listitem").first).to_be_visible()
    page.get_by_label("Command").fill("git diff HEAD")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="Allow")).to_be_visible()


def projects(page: Page, url: str, api: Api, folder: Path) -> None:
    if not api.get("/api/projects"):
        api.post("/api/projects", {"name": "webshop", "workingDirectory": str(folder)})
    page.goto(f"{url}/settings/projects")
    expect(page.get_by_role("link", name="webshop")).to_be_visible()


def mcp(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/mcp")
    expect(page.get_by_text("MCP servers give agents more tools")).to_be_visible()


def usage(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/usage")
    expect(page.get_by_label("US dollars a day")).to_be_visible()


def appearance(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/appearance")
    expect(page.get_by_label("System", exact=True)).to_be_checked()


def notifications(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/notifications")
    expect(page.get_by_role("heading", name="While you look elsewhere")).to_be_visible()


def about(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/about")
    expect(page.get_by_text("Version")).to_be_visible()


def service(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/service")
    expect(page.get_by_label("Ends when unused for")).to_be_visible()


def server(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/mcp")
    page.get_by_role("button", name="Add a server").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def project(page: Page, url: str, api: Api, folder: Path) -> None:
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(folder)})["id"]
    api.ask(api.new(projectId=project), "help")
    api.post("/api/tasks", {"title": "Write the release notes", "projectId": project, "priority": "high"})
    page.goto(f"{url}/projects/{project}")
    expect(page.get_by_role("term").filter(has_text="Files")).to_be_visible()


def task(page: Page, url: str, api: Api, folder: Path) -> None:
    task = api.post("/api/tasks", {"title": "help", "description": "Say what you can do."})["id"]
    conversation = api.post(f"/api/tasks/{task}/run", {"runtimeId": "offline"})["conversation"]["id"]
    with api.follow(conversation, after=0) as stream:
        stream.end()
    page.goto(f"{url}/tasks/{task}")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()


def tasks(page: Page, url: str, api: Api, folder: Path) -> None:
    for title in ("Write the release notes", "Update the dependencies"):
        api.post("/api/tasks", {"title": title})
    page.goto(f"{url}/tasks")
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem").first).to_be_visible()


def document(page: Page, url: str, api: Api, folder: Path) -> None:
    found = api.request("POST", "/api/documents", files={"file": ("notes.md", b"# Notes\n\nSome words.\n")})
    page.goto(f"{url}/documents/{found.json()[0]['id']}")
    expect(page.get_by_role("region", name="Text of the document")).to_contain_text("Some words.")


def documents(page: Page, url: str, api: Api, folder: Path) -> None:
    files = [("file", ("shot.png", image(size=(64, 40)))), ("file", ("notes.txt", b"Some words."))]
    assert api.request("POST", "/api/documents", files=files).status_code == 201
    page.goto(f"{url}/documents")
    expect(page.get_by_role("list", name="Documents").get_by_role("listitem").first).to_be_visible()


def file(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/conversations/{api.new(workingDirectory=str(folder))}/files/notes.txt")
    expect(page.get_by_role("region", name="Text of the file")).to_contain_text("second line")


def nowhere(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/conversations/none")
    expect(page.get_by_role("heading", name="This conversation is gone")).to_be_visible()


SCREENS: dict[str, Show] = {
    "home": home,
    "answer": answer,
    "permission": permission,
    "always": always,
    "question": question,
    "inbox": inbox,
    "stopped": stopped,
    "menu": menu,
    "commands": commands,
    "keys": keys,
    "palette": palette,
    "providers": providers,
    "permissions": permissions,
    "projects": projects,
    "mcp": mcp,
    "usage": usage,
    "appearance": appearance,
    "notifications": notifications,
    "about": about,
    "service": service,
    "server": server,
    "project": project,
    "task": task,
    "tasks": tasks,
    "document": document,
    "documents": documents,
    "file": file,
    "nowhere": nowhere,
}
