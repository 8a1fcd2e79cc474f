"""The pages that links under an answer lead to: projects, tasks and documents."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, expect

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.sample_files import image


def test_a_project_shows_its_folder_and_a_chat_begins_in_it(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    (work_dir / "CLAUDE.md").write_text("# Rules\n")
    (work_dir / "app.py").write_text("print(1)\n")
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})["id"]
    page = open_page(daemon, f"/projects/{project}")
    expect(page.get_by_role("heading", name="webshop")).to_be_visible()
    expect(page.locator(".facts-list")).to_contain_text("CLAUDE.md")
    (work_dir / "AGENTS.md").write_text("# More rules\n")
    page.get_by_role("button", name="Look again").click()
    expect(page.locator(".facts-list")).to_contain_text("AGENTS.md")
    page.get_by_role("button", name="New chat here").click()
    send(page, "read app.py")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("print(1)")
    assert [one["projectId"] for one in api.get(CONVERSATIONS)] == [project]
    page.goto(f"{daemon.url}/projects/{project}")
    expect(page.get_by_role("list", name="Conversations of the project")).to_contain_text("read app.py")


def test_a_task_is_noted_down_run_and_shows_its_result(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    api.patch("/api/settings", {"defaultRuntimeId": "offline"})
    page = open_page(daemon, "/tasks")
    page.get_by_role("button", name="Add a task").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("title")
    dialog.get_by_label("Title").fill("help")
    dialog.get_by_label("Priority").select_option(label="High")
    dialog.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("list", name="Tasks").get_by_role("link", name="help").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".entity-head .chip")).to_have_text("Completed")
    expect(page.locator(".entity .prose strong").first).to_have_text("Offline tools, not a language model.")
    assert api.get("/api/tasks")[0]["priority"] == "high"
    page.get_by_role("button", name="More about this task").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="help")).to_be_visible()
    assert len(api.get("/api/tasks")) == 1


def test_a_task_that_waits_for_permission_is_followed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    api.patch("/api/settings", {"defaultRuntimeId": "offline"})
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})["id"]
    task = api.post("/api/tasks", {"title": "run touch made.txt", "projectId": project})["id"]
    page = open_page(daemon, f"/tasks/{task}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("link", name="Watch the agent")).to_be_visible()
    page.get_by_role("link", name="Inbox 1 waiting").click()
    page.get_by_role("button", name="Allow once").click(delay=450)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    page.goto(f"{daemon.url}/tasks/{task}")
    expect(page.locator(".entity-head .chip")).to_have_text("Completed")
    assert (work_dir / "made.txt").exists()


def test_documents_are_added_found_read_and_deleted(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    page = open_page(daemon, "/documents")
    expect(page.get_by_text("Files that you attach to a message")).to_be_visible()
    long = "first words\n" + "x" * 30_000 + "\nlast words"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add files").click()
    chooser.value.set_files(
        [
            FilePayload(name="notes.txt", mimeType="text/plain", buffer=long.encode()),
            FilePayload(name="shot.png", mimeType="image/png", buffer=image(size=(64, 40))),
        ]
    )
    rows = page.get_by_role("list", name="Documents").get_by_role("listitem")
    expect(rows).to_have_count(2)
    page.get_by_label("Search documents").fill("first words")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="notes.txt").click()
    text = page.get_by_role("region", name="Text of the document")
    expect(text).to_contain_text("first words")
    expect(text).not_to_contain_text("last words")
    page.get_by_role("button", name="Show more").click()
    expect(text).to_contain_text("last words")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    page.get_by_role("link", name="shot.png").click()
    expect(page.get_by_role("img", name="shot.png")).to_be_visible()
    assert [one["name"] for one in api.get("/api/documents")] == ["shot.png"]


def test_what_is_gone_says_so(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon, "/tasks/none")
    expect(page.get_by_role("heading", name="This task is gone")).to_be_visible()
    page.get_by_role("link", name="See all").click()
    expect(page.get_by_role("button", name="Add a task")).to_be_visible()


def test_the_palette_leads_to_projects_and_settings(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    api.post("/api/projects", {"name": "webshop"})
    page = open_page(daemon)
    for words, heading in (("webshop", "webshop"), ("budgets", "Usage and budgets")):
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill(words)
        expect(page.get_by_role("option", selected=True)).to_contain_text(words)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_a_link_under_an_answer_opens_the_file(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    api.ask(conversation, "read notes.txt")
    page = open_page(daemon, f"/conversations/{conversation}")
    page.locator(".quick-access").get_by_role("link", name="notes.txt").click()
    text = page.get_by_role("region", name="Text of the file")
    expect(text).to_contain_text("second line")
    (work_dir / "notes.txt").write_text("changed\n")
    page.get_by_role("button", name="Read again").click()
    expect(text).to_have_text("changed\n")
    (work_dir / "notes.txt").unlink()
    page.reload()
    expect(page.get_by_role("heading", name="There is no such file any more")).to_be_visible()
    page.get_by_role("link", name="Open the conversation").click()
    expect(page.get_by_role("article", name="Answer")).to_be_visible()


def test_hostile_names_and_texts_stay_text(
    open_page: OpenPage, shared_daemon: DaemonProcess, shared: Api, work_dir: Path
) -> None:
    evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    project = shared.post(
        "/api/projects", {"name": evil, "description": evil, "workingDirectory": str(work_dir)}
    )
    task = shared.post("/api/tasks", {"title": evil, "description": evil, "projectId": project["id"]})
    shared.patch(f"/api/tasks/{task['id']}", {"status": "completed", "result": evil})
    files = {"file": (f"{evil.replace('/', '')}.txt", evil.encode())}
    document = shared.request("POST", "/api/documents", files=files).json()[0]
    shared.post(
        "/api/permissions", {"pattern": f"Bash({evil})", "behavior": "deny", "projectId": project["id"]}
    )
    places = (f"/projects/{project['id']}", f"/tasks/{task['id']}", f"/documents/{document['id']}")
    page = open_page(shared_daemon)
    for path in (*places, "/tasks", "/documents", "/settings/permissions", "/settings/projects"):
        page.goto(shared_daemon.url + path)
        expect(page.locator("#main").get_by_text("onerror=").first).to_be_visible()
        assert page.locator("#main img[src='x'], #main script").count() == 0
