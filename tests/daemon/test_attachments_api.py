"""Attachments over HTTP: what each provider gets of them, what is refused, and how long documents stay."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import sample_files
from tests.api import CONVERSATIONS, Api
from tests.daemon.providers import Provider
from tests.daemon.uploading import DOCUMENTS, refused, upload
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Waits


def images(value: Any) -> Iterator[tuple[str, bytes]]:
    """The images in the body of a request, in the form of any provider: media type and data."""
    if isinstance(value, list):
        for item in value:
            yield from images(item)
    elif isinstance(value, dict):
        url = value.get("image_url")
        url = url["url"] if isinstance(url, dict) else url
        if value.get("type") == "image":
            yield value["source"]["media_type"], base64.b64decode(value["source"]["data"])
        elif url is not None:
            head, _, data = url.partition(";base64,")
            yield head.removeprefix("data:"), base64.b64decode(data)
        else:
            yield from images(list(value.values()))


def send(api: Api, conversation: str, attachments: Any) -> Any:
    body = {"content": "help", "attachments": attachments}
    return api.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)


def test_every_provider_gets_pictures_and_texts(provider: Provider) -> None:
    image = sample_files.image("JPEG")
    names = {
        "photo.jpg": image,
        "report.pdf": sample_files.pdf("Quarterly figures"),
        "long.txt": b"word " * 20_000,
        "locked.pdf": sample_files.pdf("x", password="y"),
    }
    ids = {name: upload(provider.api, name, content)["id"] for name, content in names.items()}
    provider.fake.script(Answer(Says("one")), Answer(Says("two")))
    conversation = provider.new()
    provider.api.ask(conversation, "Look at these", attachments=list(ids.values()))
    body = provider.bodies()[-1]
    assert list(images(body)) == [("image/jpeg", image)]
    told = "".join(provider.asked(body))
    assert "Look at these" in told
    assert f"The person attaches the image “photo.jpg” (40 × 20 pixels, id {ids['photo.jpg']}):" in told
    assert "The person attaches the document “report.pdf”. All of it" in told
    assert "Quarterly figures" in told
    assert "The first 2,000 characters of 100,000 characters (long.txt" in told
    assert f'Read it with ReadDocument, document_id "{ids["long.txt"]}"' in told
    assert "It has no text (locked.pdf" in told
    assert "protected by a password" in told
    [question, _answer] = provider.api.messages(conversation)
    assert question["metadata"] == {"mentions": [], "attachments": list(ids.values())}

    provider.api.delete(f"{DOCUMENTS}/{ids['photo.jpg']}")
    provider.api.ask(conversation, "And now?")
    assert list(images(provider.bodies()[-1])) == [("image/jpeg", image)], "what was given stays given"


def test_every_provider_gets_the_images_that_tools_return(provider: Provider, work_dir: Path) -> None:
    image = sample_files.image(size=(50, 50))
    (work_dir / "shot.png").write_bytes(image)
    provider.fake.script(Answer(Calls("Read", {"file_path": "shot.png"})), Answer(Says("seen")))
    shown = provider.api.ask(provider.new(workingDirectory=str(work_dir)), "look").of("screenshot")
    assert [(event["width"], event["height"]) for event in shown] == [(50, 50)]
    assert list(images(provider.bodies()[-1])) == [("image/png", image)]


def test_a_large_image_is_scaled_to_what_models_take(connected: DaemonProcess, model: FakeAnthropic) -> None:
    document = upload(connected.client, "wide.png", sample_files.see_through())
    model.script(Answer(Says("seen")))
    connected.client.ask(connected.client.new("claude-code"), "look", attachments=[document["id"]])
    [(media_type, data)] = images(model.requests[-1].body)
    assert media_type == "image/png"
    with Image.open(io.BytesIO(data)) as sent:
        assert sent.size == (2000, 67)


@pytest.mark.parametrize("attachments", ["x", [1], [""], {}, ["x"] * 21])
def test_malformed_attachments_are_refused(shared: Api, attachments: Any) -> None:
    conversation = shared.new()
    assert refused(send(shared, conversation, attachments)) == (400, "invalid_request")
    assert shared.messages(conversation) == []


def test_a_document_that_is_not_there_is_refused_by_name(shared: Api) -> None:
    conversation = shared.new()
    known = upload(shared, "a.txt", b"text")["id"]
    answer = send(shared, conversation, [known, "no-such-id"])
    assert refused(answer) == (400, "unknown_document")
    assert "no-such-id" in answer.json()["error"]
    assert shared.messages(conversation) == []


def test_without_attachments_nothing_is_kept(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help", attachments=[])
    shared.ask(conversation, "help", attachments=None)
    assert [row["metadata"] for row in shared.messages(conversation) if row["role"] == "user"] == [None, None]


def test_an_attachment_goes_with_its_conversation_unless_a_project_holds_it(shared: Api) -> None:
    project = shared.post("/api/projects", {"name": "P"})["id"]
    loose = upload(shared, "loose.txt", b"text")["id"]
    held = upload(shared, "held.txt", b"text", projectId=project)["id"]
    unused = upload(shared, "unused.txt", b"text")["id"]
    conversation = shared.new()
    shared.ask(conversation, "help", attachments=[loose, held, loose])
    assert shared.messages(conversation)[0]["metadata"]["attachments"] == [loose, held]
    shared.delete(f"{CONVERSATIONS}/{conversation}")
    assert refused(shared.request("GET", f"{DOCUMENTS}/{loose}")) == (404, "document_not_found")
    for document in (held, unused):
        assert shared.request("GET", f"{DOCUMENTS}/{document}/file").content == b"text"


def test_a_waiting_message_holds_its_attachments(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    document = upload(api, "waits.txt", b"the waiting text")["id"]
    gone = upload(api, "gone.txt", b"text")["id"]
    first, other = api.new("claude-code"), api.new()
    api.ask(other, "help", attachments=[document])
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")))
    with api.send(first, "first") as stream:
        stream.until("delta")
        with api.send(first, "second", whenBusy="queue", attachments=[document, gone]) as waiting:
            queue = api.get(f"{CONVERSATIONS}/{first}/queue")
            while not queue:
                queue = api.get(f"{CONVERSATIONS}/{first}/queue")
            assert queue[0]["attachments"] == [document, gone]
            api.delete(f"{CONVERSATIONS}/{other}")
            api.delete(f"{DOCUMENTS}/{gone}")
            gate.set()
            assert waiting.end()["type"] == "done"
    told = "".join(part.get("text", "") for part in model.requests[-1].body["messages"][-1]["content"])
    assert "the waiting text" in told
    assert f"It is gone: it was deleted after the message was sent (id {gone})." in told


def test_an_image_whose_file_is_gone_is_named(connected: DaemonProcess, model: FakeAnthropic) -> None:
    document = upload(connected.client, "photo.png", sample_files.image())["id"]
    (connected.data_dir.documents / document / "file").unlink()
    model.script(Answer(Says("seen")))
    conversation = connected.client.new("claude-code")
    assert connected.client.ask(conversation, "look", attachments=[document]).seen[-1]["type"] == "done"
    told = "".join(part.get("text", "") for part in model.requests[-1].body["messages"][-1]["content"])
    assert "The person attaches the image “photo.png”" in told
    assert "It cannot be shown. The file of the document is gone from the documents folder." in told
    assert list(images(model.requests[-1].body)) == []


def test_an_answer_is_tried_again_with_the_same_attachments(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    document = upload(api, "a.txt", b"the attached text")["id"]
    model.script(Answer(Says("one")), Answer(Says("two")))
    conversation = api.new("claude-code")
    done = api.ask(conversation, "look", attachments=[document]).seen[-1]
    path = f"{CONVERSATIONS}/{conversation}/messages/{done['messageId']}/retry"
    with api.stream("POST", path) as stream:
        assert stream.end()["type"] == "done"
    [asked] = model.requests[-1].body["messages"]
    assert "the attached text" in "".join(part.get("text", "") for part in asked["content"])


def test_the_offline_tools_show_what_they_were_given(shared: Api) -> None:
    ids = [upload(shared, "a.txt", b"the text")["id"], upload(shared, "b.png", sample_files.image())["id"]]
    said = shared.ask(shared.new(), "help", attachments=ids).text
    assert "I was given the document “a.txt”" in said
    assert "the text" in said
    assert "I was given the image “b.png”" in said
