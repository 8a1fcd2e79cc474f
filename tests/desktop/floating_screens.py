"""The screens with what opens over them: menus, dialogs, panels, notices. For the checks of accessibility."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.api import Api
from tests.desktop.screens import Show, open_conversation, permission, send
from tests.sample_files import image


def _answered(page: Page, url: str, api: Api, text: str = "help") -> str:
    conversation = api.new(title="Keys of the shop")
    api.ask(conversation, text)
    open_conversation(page, url, conversation)
    expect(page.get_by_role("article", name="Answer")).to_be_visible()
    return conversation


def row_menu(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.locator(".conversation").first.hover()
    page.get_by_role("button", name="More for Keys of the shop").first.click()
    expect(page.get_by_role("menu")).to_be_visible()


def renaming(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.get_by_role("heading", name="Keys of the shop").get_by_role("button").click()
    expect(page.get_by_label("Title")).to_be_focused()


def message_menu(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.get_by_role("article", name="Answer").hover()
    page.get_by_role("button", name="More for this answer").click()
    expect(page.get_by_role("menu")).to_be_visible()


def conversation_menu(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.get_by_role("button", name="More for this conversation").click()
    expect(page.get_by_role("menu")).to_be_visible()


def project_menu(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(url)
    page.get_by_role("button", name="No project").click()
    expect(page.get_by_role("menu")).to_be_visible()


def finding(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.keyboard.press("Control+f")
    page.keyboard.type("read")
    expect(page.get_by_label("Find in this conversation")).to_be_focused()


def searching(page: Page, url: str, api: Api, folder: Path) -> None:
    _answered(page, url, api)
    page.keyboard.press("Control+Shift+f")
    page.keyboard.type("help")
    expect(page.locator(".hit").first).to_be_visible()


def mentioning(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new(workingDirectory=str(folder)))
    page.get_by_label("Message", exact=True).press_sequentially("read @note")
    expect(page.get_by_role("option", name="notes.txt").first).to_be_visible()


def attaching(page: Page, url: str, api: Api, folder: Path) -> None:
    open_conversation(page, url, api.new())
    page.locator("input[type=file]").set_input_files(
        [
            FilePayload(name="shot.png", mimeType="image/png", buffer=image(size=(64, 40))),
            FilePayload(name="empty.txt", mimeType="text/plain", buffer=b""),
        ]
    )
    expect(page.locator(".attachment.is-failed")).to_be_visible()
    expect(page.locator(".attachment img")).to_be_visible()


def waiting(page: Page, url: str, api: Api, folder: Path) -> None:
    permission(page, url, api, folder)
    send(page, "help")
    page.get_by_role("button", name="Edit waiting message").click()
    expect(page.get_by_label("Waiting message", exact=True)).to_be_focused()


def denying(page: Page, url: str, api: Api, folder: Path) -> None:
    permission(page, url, api, folder)
    page.get_by_role("button", name="Deny").click(delay=450)
    expect(page.get_by_label("Message to the agent")).to_be_focused()


def editing(page: Page, url: str, api: Api, folder: Path) -> None:
    permission(page, url, api, folder)
    page.get_by_role("button", name="Edit", exact=True).click(delay=450)
    expect(page.get_by_role("button", name="Allow with changes")).to_be_visible()


def deleted(page: Page, url: str, api: Api, folder: Path) -> None:
    conversation_menu(page, url, api, folder)
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def picture(page: Page, url: str, api: Api, folder: Path) -> None:
    (folder / "shot.png").write_bytes(image(size=(320, 200)))
    conversation = api.new(workingDirectory=str(folder))
    api.ask(conversation, "read shot.png")
    open_conversation(page, url, conversation)
    page.get_by_role("link", name="Picture from a tool").first.click()
    expect(page.get_by_role("dialog", name="Picture from a tool")).to_be_visible()


def new_project(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(f"{url}/settings/projects")
    page.get_by_role("button", name="Add a project").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("webshop")
    dialog.get_by_label("Folder").fill("/no/such/folder")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()


def refused_key(page: Page, url: str, api: Api, folder: Path) -> None:
    page.goto(url)
    page.get_by_role("button", name="Connect Claude").click()
    page.get_by_role("form", name="Connect Claude").get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("Paste the key first.")


def unreachable(page: Page, url: str, api: Api, folder: Path) -> None:
    page.route("**/api/about", lambda route: route.abort(), times=1)
    page.goto(f"{url}/settings/about")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def failed(page: Page, url: str, api: Api, folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    conversation = api.new(title="Keys of the shop", workingDirectory=str(gone))
    gone.rmdir()
    open_conversation(page, url, conversation)
    send(page, "help")
    expect(page.get_by_role("alert")).to_contain_text("is gone or cannot be read")
    expect(page.get_by_role("link", name="Open projects")).to_be_visible()


FLOATING: dict[str, Show] = {
    "row_menu": row_menu,
    "renaming": renaming,
    "message_menu": message_menu,
    "conversation_menu": conversation_menu,
    "project_menu": project_menu,
    "finding": finding,
    "searching": searching,
    "mentioning": mentioning,
    "attaching": attaching,
    "waiting": waiting,
    "denying": denying,
    "editing": editing,
    "deleted": deleted,
    "picture": picture,
    "new_project": new_project,
    "refused_key": refused_key,
    "unreachable": unreachable,
    "failed": failed,
}
