"""Images that tools return: people see them at once and after a reload, and they live as long as they are used."""

from __future__ import annotations

import base64
import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import sample_files
from tests.api import CONVERSATIONS
from tests.daemon.uploading import DOCUMENTS, refused, stored_files, upload
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

HEIGHTS = itertools.count(40)


@pytest.fixture
def picture(work_dir: Path) -> Path:
    """An image that no other test has."""
    path = work_dir / "shot.png"
    path.write_bytes(sample_files.image(size=(64, next(HEIGHTS))))
    return path


def look(
    connected: DaemonProcess, model: FakeAnthropic, folder: Path, *names: str
) -> tuple[str, list[dict[str, Any]]]:
    """A conversation in which the model looked at files, and its events."""
    calls = [Calls("Read", {"file_path": name}) for name in names]
    model.script(Answer(*calls), Answer(Says("seen")))
    conversation = connected.client.new("claude-code", workingDirectory=str(folder))
    return conversation, connected.client.ask(conversation, "look").seen


def of_type(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def images_sent(model: FakeAnthropic) -> list[dict[str, Any]]:
    """The images in the results of tools, as the model got them in its last request."""
    [result] = model.requests[-1].body["messages"][-1]["content"]
    return [part["source"] for part in result["content"] if part["type"] == "image"]


def test_an_image_is_shown_at_once_and_after_a_reload(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    api = connected.client
    conversation, events = look(connected, model, picture.parent, "shot.png")
    with Image.open(picture) as image:
        height = image.height
    [event] = of_type(events, "screenshot")
    assert event == {
        "type": "screenshot", "turnId": events[0]["turnId"], "messageId": events[-1]["messageId"],
        "toolCallId": of_type(events, "tool_call")[0]["toolCallId"], "documentId": event["documentId"],
        "thumbnailUrl": f"{DOCUMENTS}/{event['documentId']}/thumbnail",
        "originalUrl": f"{DOCUMENTS}/{event['documentId']}/file", "width": 64, "height": height,
        "seq": of_type(events, "tool_result")[0]["seq"] + 1,
    }  # fmt: skip
    [answer] = [row for row in api.messages(conversation) if row["role"] == "assistant"]
    fields = ("toolCallId", "documentId", "thumbnailUrl", "originalUrl", "width", "height")
    assert answer["metadata"]["screenshots"] == [{name: event[name] for name in fields}]
    document = api.get(f"{DOCUMENTS}/{event['documentId']}")
    assert (document["name"], document["origin"], document["state"]) == ("shot.png", "tool", "ready")
    assert api.request("GET", event["originalUrl"]).content == picture.read_bytes()
    assert api.request("GET", event["thumbnailUrl"]).status_code == 200
    with api.follow(conversation, after=0) as stream:
        assert stream.until("screenshot") == event
    assert images_sent(model) == [
        {"type": "base64", "media_type": "image/png", "data": base64.b64encode(picture.read_bytes()).decode()}
    ]


def test_the_same_image_twice_is_one_document(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    (picture.parent / "copy.png").write_bytes(picture.read_bytes())
    one, events = look(connected, model, picture.parent, "shot.png", "copy.png")
    other, more = look(connected, model, picture.parent, "copy.png")
    shots = of_type(events, "screenshot") + of_type(more, "screenshot")
    assert len(shots) == 3
    [document] = {event["documentId"] for event in shots}

    connected.client.delete(f"{CONVERSATIONS}/{one}")
    assert connected.client.request("GET", shots[0]["originalUrl"]).status_code == 200
    connected.client.delete(f"{CONVERSATIONS}/{other}")
    assert refused(connected.client.request("GET", f"{DOCUMENTS}/{document}")) == (404, "document_not_found")
    assert not (connected.data_dir.documents / document).exists()


def test_a_copy_of_a_conversation_keeps_its_images(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    api = connected.client
    conversation, events = look(connected, model, picture.parent, "shot.png")
    [shot] = of_type(events, "screenshot")
    before = api.post(f"{CONVERSATIONS}/{conversation}/fork", {"messageId": events[-1]["userMessageId"]})[
        "id"
    ]
    whole = api.post(f"{CONVERSATIONS}/{conversation}/fork", {"messageId": events[-1]["messageId"]})["id"]
    api.delete(f"{CONVERSATIONS}/{conversation}")
    assert api.request("GET", shot["originalUrl"]).status_code == 200
    assert api.messages(whole)[-1]["metadata"]["screenshots"][0]["documentId"] == shot["documentId"]
    api.delete(f"{CONVERSATIONS}/{whole}")
    assert api.request("GET", shot["originalUrl"]).status_code == 404
    assert len(api.messages(before)) == 1


def test_deleting_the_document_leaves_the_messages(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    api = connected.client
    conversation, events = look(connected, model, picture.parent, "shot.png")
    [shot] = of_type(events, "screenshot")
    api.delete(f"{DOCUMENTS}/{shot['documentId']}")
    assert api.messages(conversation)[-1]["metadata"]["screenshots"][0]["documentId"] == shot["documentId"]
    model.script(Answer(Says("again")))
    assert api.ask(conversation, "more").text == "again"
    api.delete(f"{CONVERSATIONS}/{conversation}")


def test_an_upload_outlives_the_conversation_that_saw_the_same_image(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    mine = upload(connected.client, "mine.png", picture.read_bytes())
    conversation, _events = look(connected, model, picture.parent, "shot.png")
    connected.client.delete(f"{CONVERSATIONS}/{conversation}")
    assert connected.client.request("GET", mine["originalUrl"]).status_code == 200


def test_a_large_image_is_scaled_to_what_models_take(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / "wide.png").write_bytes(sample_files.see_through())
    _conversation, events = look(connected, model, work_dir, "wide.png")
    [event] = of_type(events, "screenshot")
    assert (event["width"], event["height"]) == (3000, 100)
    [sent] = images_sent(model)
    with Image.open(io.BytesIO(base64.b64decode(sent["data"]))) as image:
        assert (image.format, image.size) == ("PNG", (2000, 67))


def test_a_damaged_image_is_told_to_the_model_and_no_picture(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / "bad.png").write_bytes(sample_files.image()[:50])
    before = stored_files(connected)
    _conversation, events = look(connected, model, work_dir, "bad.png")
    assert events[-1]["type"] == "done"
    assert of_type(events, "screenshot") == []
    assert (
        "An image that cannot be shown. The image is damaged" in of_type(events, "tool_result")[0]["output"]
    )
    assert images_sent(model) == []
    assert stored_files(connected) == before


def test_an_image_that_cannot_be_kept_is_given_to_the_model_all_the_same(
    connected: DaemonProcess, model: FakeAnthropic, picture: Path
) -> None:
    incoming = connected.data_dir.documents / "incoming"
    incoming.parent.mkdir(exist_ok=True)
    if incoming.exists():
        incoming.rmdir()
    incoming.write_bytes(b"in the way")
    try:
        _conversation, events = look(connected, model, picture.parent, "shot.png")
    finally:
        incoming.unlink()
    messages = [event["message"] for event in of_type(events, "status")]
    assert "An image is not kept. The document cannot be stored or read: Not a directory." in messages
    assert of_type(events, "screenshot") == []
    assert events[-1]["type"] == "done"
    assert len(images_sent(model)) == 1
