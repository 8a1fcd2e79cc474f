"""Documents over HTTP: real files go in, and what comes out is safe; whatever is wrong, nothing is lost."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests import sample_files
from tests.api import Api
from tests.daemon.uploading import DOCUMENTS, post, refused, stored_files, upload
from tests.daemon_process import DaemonProcess


def test_a_text_goes_in_and_comes_out(shared: Api) -> None:
    document = upload(shared, "Notes für mich.md", "# Größe\nzwei".encode())
    assert document == {
        "id": document["id"], "name": "Notes für mich.md", "mediaType": "text/markdown", "sizeBytes": 14,
        "origin": "upload", "projectId": None, "state": "ready", "problem": None, "width": None,
        "height": None, "originalUrl": f"{DOCUMENTS}/{document['id']}/file", "thumbnailUrl": None,
        "createdAt": document["createdAt"], "updatedAt": document["createdAt"],
    }  # fmt: skip
    assert shared.get(f"{DOCUMENTS}/{document['id']}") == document
    answer = shared.request("GET", document["originalUrl"])
    assert answer.content == "# Größe\nzwei".encode()
    assert shared.get(f"{DOCUMENTS}/{document['id']}/text", offset=2, limit=3) == {
        "text": "Grö", "offset": 2, "totalCharacters": 12, "nextOffset": 5,
    }  # fmt: skip


def test_several_files_go_in_together(shared: Api) -> None:
    answer = post(shared, ("a.pdf", sample_files.pdf("one")), ("b.docx", sample_files.docx("two")))
    texts = [shared.get(f"{DOCUMENTS}/{one['id']}/text")["text"] for one in answer.json()]
    assert texts == ["one", "two"]


def test_an_image_has_a_size_and_a_thumbnail(shared: Api) -> None:
    document = upload(shared, "photo.jpg", sample_files.turned())
    assert (document["width"], document["height"], document["mediaType"]) == (20, 60, "image/jpeg")
    answer = shared.request("GET", document["thumbnailUrl"])
    assert answer.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as thumbnail:
        assert thumbnail.size == (20, 60)
    assert refused(shared.request("GET", f"{DOCUMENTS}/{document['id']}/text")) == (404, "no_text")


@pytest.mark.parametrize(
    ("name", "content", "media_type", "kind"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "application/octet-stream", "attachment"),
        ("a.html", b"<script>x()</script>", "application/octet-stream", "attachment"),
        ("a.xml", b"<x/>", "application/octet-stream", "attachment"),
        ("a.txt", b"<script>x()</script>", "text/plain", "attachment"),
        ("a.png", b"<script>x()</script>", "text/plain", "attachment"),
        ("a.html", sample_files.image(), "image/png", "inline"),
        ("a.pdf", sample_files.pdf("x"), "application/pdf", "attachment"),
        ("a.exe", b"MZ\0\0", "application/octet-stream", "attachment"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_no_file_is_active_in_a_browser(
    shared: Api, name: str, content: bytes, media_type: str, kind: str
) -> None:
    answer = shared.request("GET", upload(shared, name, content)["originalUrl"])
    assert answer.content == content
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(f'{kind}; filename="{name}"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.txt", "y.txt"),
        ("..", "document"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ('quo"te\r\n.txt', 'quo"te.txt'),
    ],
)
def test_a_name_is_only_shown_and_never_a_path(shared_daemon: DaemonProcess, given: str, name: str) -> None:
    before = set(stored_files(shared_daemon))
    document = upload(shared_daemon.client, given, b"text")
    assert document["name"] == name
    [new] = set(stored_files(shared_daemon)) - before
    assert new == shared_daemon.data_dir.documents / document["id"] / "file"
    answer = shared_daemon.client.request("GET", document["originalUrl"])
    assert "\n" not in answer.headers["Content-Disposition"]


def test_a_browser_that_has_it_already_gets_nothing(shared: Api) -> None:
    url = upload(shared, "a.txt", b"text")["originalUrl"]
    etag = shared.request("GET", url).headers["Etag"]
    answer = shared.request("GET", url, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_document_that_cannot_be_read_says_why_and_can_be_downloaded(shared: Api) -> None:
    content = sample_files.pdf("secret", password="x")
    document = upload(shared, "secret.pdf", content)
    assert (document["state"], document["thumbnailUrl"]) == ("failed", None)
    assert "password" in document["problem"]
    assert shared.request("GET", document["originalUrl"]).content == content
    for part in ("text", "thumbnail"):
        answer = shared.request("GET", f"{DOCUMENTS}/{document['id']}/{part}")
        assert refused(answer) == (404, f"no_{part}")
        assert "password" in answer.json()["error"]


def test_documents_have_filters_and_pages(api: Api) -> None:
    project = api.post("/api/projects", {"name": "P"})["id"]
    ids = [upload(api, f"note {n}.txt", f"word{n}".encode())["id"] for n in range(5)]
    ours = upload(api, "ours.txt", b"shared words", projectId=project)["id"]
    assert [one["id"] for one in api.get(DOCUMENTS, projectId=project)] == [ours]
    assert [one["id"] for one in api.get(DOCUMENTS, q="word3")] == [ids[3]]
    assert [one["id"] for one in api.get(DOCUMENTS, q="OUR")] == [ours]
    seen: list[str] = []
    path = f"{DOCUMENTS}?limit=2"
    while path:
        answer = api.request("GET", path)
        seen += [one["id"] for one in answer.json()]
        link = answer.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0]
    assert seen == [ours, *reversed(ids)]
    api.delete(f"/api/projects/{project}")
    assert api.get(f"{DOCUMENTS}/{ours}")["projectId"] is None


def test_a_deleted_document_is_gone_with_its_files(daemon: DaemonProcess) -> None:
    api = daemon.client
    document = upload(api, "a.png", sample_files.image())
    assert len(stored_files(daemon)) == 2
    api.delete(f"{DOCUMENTS}/{document['id']}")
    assert stored_files(daemon) == []
    for path in ("", "/file", "/thumbnail", "/text"):
        answer = api.request("GET", f"{DOCUMENTS}/{document['id']}{path}")
        assert refused(answer) == (404, "document_not_found")
    assert refused(api.request("DELETE", f"{DOCUMENTS}/{document['id']}")) == (404, "document_not_found")


def test_a_file_that_somebody_removed_is_said_to_be_gone(daemon: DaemonProcess) -> None:
    document = upload(daemon.client, "a.png", sample_files.image())
    for path in stored_files(daemon):
        path.unlink()
    for url in (document["originalUrl"], document["thumbnailUrl"]):
        assert refused(daemon.client.request("GET", url)) == (404, "document_file_missing")
    daemon.client.delete(f"{DOCUMENTS}/{document['id']}")


def test_documents_are_nobody_elses_to_read(daemon: DaemonProcess) -> None:
    upload(daemon.client, "a.png", sample_files.image())
    folder = daemon.data_dir.documents
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in stored_files(daemon))
