"""Links under an answer, over HTTP: in the event that ends the turn, and in the answer's row."""

from __future__ import annotations

from pathlib import Path

from tests.api import CONVERSATIONS
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Breaks, Calls, Says


def test_an_answer_links_to_what_it_names_and_to_what_its_tools_touched(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    project = api.post("/api/projects", {"name": "Webshop", "workingDirectory": str(work_dir)})["id"]
    task = api.post("/api/tasks", {"title": "Analyze Q4 revenue trends"})["id"]
    other = api.new(title="Debug auth flow")
    (work_dir / "b c.txt").write_text("b")
    model.script(
        Answer(
            Says("First a look."),
            Calls("Read", {"file_path": "notes.txt"}),
        ),
        Answer(Calls("Read", {"file_path": "b c.txt"})),
        Answer(
            Says("In the webshop, **Analyze Q4 revenue trends** waits. "),
            Says(f"See debug auth flow ({other})."),
        ),
    )
    conversation = api.new("claude-code", projectId=project, title="The webshop")
    stream = api.ask(conversation, "what about debug auth flow?")
    done = stream.seen[-1]
    assert done["type"] == "done"
    files = f"/conversations/{conversation}/files"
    assert done["quickAccess"] == [
        {
            "entityType": "conversation",
            "entityId": other,
            "label": "Debug auth flow",
            "href": f"/conversations/{other}",
        },
        {
            "entityType": "task",
            "entityId": task,
            "label": "Analyze Q4 revenue trends",
            "href": f"/tasks/{task}",
        },
        {"entityType": "project", "entityId": project, "label": "Webshop", "href": f"/projects/{project}"},
        {"entityType": "file", "entityId": "b c.txt", "label": "b c.txt", "href": f"{files}/b%20c.txt"},
        {"entityType": "file", "entityId": "notes.txt", "label": "notes.txt", "href": f"{files}/notes.txt"},
    ]
    answer = api.messages(conversation)[-1]
    assert answer["metadata"]["quickAccess"] == done["quickAccess"]
    api.delete(f"{CONVERSATIONS}/{other}")


def test_a_turn_that_fails_has_no_links(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    api.new(title="Another long talk")
    model.script(Answer(Says("About another long talk"), Breaks("server_error", "It broke")))
    conversation = api.new("claude-code")
    assert api.ask(conversation, "go").seen[-1]["type"] == "error"
    assert api.messages(conversation)[-1]["metadata"]["quickAccess"] == []
