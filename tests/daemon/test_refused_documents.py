"""An upload that is wrong, too large or broken off stores nothing; what is gone is said to be gone."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon.test_full_disk import full_disk
from tests.daemon.uploading import DOCUMENTS, File, post, refused, stored_files, upload
from tests.daemon_process import DaemonProcess


@pytest.mark.parametrize(
    ("files", "fields", "code"),
    [
        ([], {"projectId": "x"}, "no_file"),
        ([("a.txt", b"")], {}, "empty_file"),
        ([("a.txt", b"text"), ("b.txt", b"")], {}, "empty_file"),
        ([("a.txt", b"text")], {"projectId": "nothing"}, "unknown_project"),
        ([("a.txt", b"text")], {"projectId": "x" * 2000}, "invalid_multipart"),
        ([("a.txt", b"text")] * 21, {}, "too_many_files"),
    ],
)  # fmt: skip
def test_an_upload_that_is_wrong_stores_nothing(
    daemon: DaemonProcess, files: list[File], fields: dict[str, str], code: str
) -> None:
    parts: dict[str, Any] = {"files": [("file", file) for file in files]}
    if not files:
        parts = {"files": {name: (None, value) for name, value in fields.items()}}
        fields = {}
    answer = daemon.client.request("POST", DOCUMENTS, data=fields, **parts)
    assert refused(answer) == (400, code)
    assert daemon.client.get(DOCUMENTS) == []
    assert daemon.stop() == 0
    assert stored_files(daemon) == []


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("multipart/form-data", b"x", "invalid_multipart"),
        ("multipart/form-data; boundary=", b"x", "invalid_multipart"),
        ("multipart/form-data; boundary=b", b"no boundary at all", "invalid_multipart"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data", "invalid_multipart"),
        ("multipart/form-data; boundary=b", (b'--b\r\nContent-Disposition: form-data; name="file"; '
         b'filename="a"\r\n\r\ncut'), "invalid_multipart"),
        ("multipart/form-data; boundary=b", (b'--b\r\nContent-Disposition: form-data; name="other"; '
         b'filename="a"\r\n\r\nx\r\n--b--\r\n'), "invalid_multipart"),
        ("multipart/form-data; boundary=b", (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
         b"x\r\n--b--\r\n"), "invalid_multipart"),
        ("multipart/form-data; boundary=b", b"", "invalid_multipart"),
    ],
)  # fmt: skip
def test_a_malformed_upload_is_refused(shared: Api, content_type: str, body: bytes, code: str) -> None:
    answer = shared.request("POST", DOCUMENTS, content=body, headers={"Content-Type": content_type})
    assert refused(answer) == (400, code)


def test_an_upload_needs_a_body_of_its_type(shared: Api) -> None:
    assert refused(shared.request("POST", DOCUMENTS)) == (400, "missing_body")
    assert refused(shared.request("POST", DOCUMENTS, json={})) == (415, "unsupported_media_type")
    answer = shared.request("POST", "/api/projects", files={"file": ("a", b"x")})
    assert refused(answer) == (415, "unsupported_media_type")


def test_an_upload_over_the_limit_is_refused(shared: Api) -> None:
    def pieces() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(52):
            yield b"x" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = shared.request("POST", DOCUMENTS, content=pieces(), headers=headers)
    assert refused(answer) == (413, "too_large")


@pytest.mark.parametrize("length", [53_000_000, 500_000_000])
def test_a_length_over_the_limit_is_refused_before_it_is_read(
    shared_daemon: DaemonProcess, length: int
) -> None:
    with _begin_upload(shared_daemon, length) as connection:
        assert connection.recv(200).split()[1] == b"413"


def test_a_large_file_is_not_held_in_memory(daemon: DaemonProcess) -> None:
    import psutil

    process = psutil.Process(daemon.pid)
    upload(daemon.client, "small.txt", b"text")
    before = process.memory_info().rss
    content = b"0123456789abcdef" * (49 * 1024 * 1024 // 16)
    document = upload(daemon.client, "large.txt", content)
    assert process.memory_info().rss - before < 40 * 1024 * 1024
    assert "only its first 2,000,000 characters" in document["problem"]
    assert daemon.client.request("GET", document["originalUrl"]).content == content


def test_a_client_that_goes_away_leaves_nothing(daemon: DaemonProcess) -> None:
    with _begin_upload(daemon, 1_000_000) as connection:
        connection.sendall(b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nsome')
        while not stored_files(daemon):
            daemon.client.get("/healthz")
    assert daemon.stop() == 0
    assert stored_files(daemon) == []


def test_a_full_disk_is_told_and_keeps_nothing_half(daemon: DaemonProcess) -> None:
    kept = upload(daemon.client, "kept.txt", b"kept")
    with full_disk(daemon):
        assert refused(post(daemon.client, ("a.txt", b"x" * 10_000))) == (500, "storage_full")
    assert [one["id"] for one in daemon.client.get(DOCUMENTS)] == [kept["id"]]
    assert upload(daemon.client, "b.txt", b"x" * 10_000)["state"] == "ready"
    assert daemon.client.request("GET", kept["originalUrl"]).content == b"kept"


def test_leftovers_of_a_crash_are_swept_at_start(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    kept = upload(daemon.client, "kept.txt", b"kept")
    daemon.kill()
    for name in ("incoming/half", "0192-of-nobody"):
        folder = daemon.data_dir.documents / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "file").write_bytes(b"left")
    again = start_daemon()
    assert [path.parent.name for path in stored_files(again)] == [kept["id"]]
    assert again.client.request("GET", kept["originalUrl"]).content == b"kept"


def _begin_upload(daemon: DaemonProcess, length: int) -> socket.socket:
    parts = urlsplit(daemon.url)
    token = daemon.data_dir.token.read_text().strip()
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    connection.sendall(
        f"POST {DOCUMENTS} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return connection
