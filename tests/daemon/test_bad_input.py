"""Bad input anywhere: a clear error, never a 500, never a silent default, and nothing is lost."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nope", b'"text"', b"[]", b"null", b"1", b"{'a': 1}", b'{"runtimeId": NaN}',
        b'{"runtimeId": Infinity}', b'{"runtimeId": "offline",}', b"\xff\xfe", b'{"runtimeId": "\xff"}',
        b'{"title": "\\ud800", "runtimeId": "offline"}', b'{"title": "a\\u0000b", "runtimeId": "offline"}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * 100_000, b'{"runtimeId": 1e999}',
        b'{"runtimeId": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_valid_json_object_is_refused(shared: Api, body: bytes) -> None:
    answer = shared.request("POST", CONVERSATIONS, content=body, headers=JSON)
    assert answer.status_code == 400
    error = answer.json()
    assert error["error"].endswith(".")
    assert error["code"]


def test_a_body_over_the_limit_is_refused_before_it_is_read(shared_daemon: DaemonProcess) -> None:
    parts = urlsplit(shared_daemon.url)
    token = shared_daemon.data_dir.token.read_text().strip()
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(
            f"POST {CONVERSATIONS} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 50000000\r\n\r\n".encode()
        )
        assert connection.recv(200).split()[1] == b"413"


def test_a_chunked_body_over_the_limit_is_refused(shared: Api) -> None:
    def pieces() -> object:
        for _ in range(100):
            yield b" " * 100_000

    answer = shared.request("POST", CONVERSATIONS, content=pieces(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_without_a_credential_is_not_read(shared_daemon: DaemonProcess) -> None:
    parts = urlsplit(shared_daemon.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(
            f"POST {CONVERSATIONS} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n".encode()
        )
        assert connection.recv(200).split()[1] == b"401"


@pytest.mark.parametrize(
    "head", [b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\r\n" * 50]
)
def test_nonsense_on_the_wire_hurts_nobody(shared_daemon: DaemonProcess, head: bytes) -> None:
    parts = urlsplit(shared_daemon.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    assert shared_daemon.client.get("/healthz")["ok"]


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=%FF", "q=%00", "projectId=" + "x" * 300])
def test_a_query_that_cannot_be_is_refused(shared: Api, query: str) -> None:
    assert shared.request("GET", f"{CONVERSATIONS}?{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "{c}/unknown", "{c}/%00", "{c}/..%2f..%2fetc", "{c}/" + "x" * 5000, "{c}/%ff", "{c}/x/messages",
        "{c}/x/stream", "/api/projects/x", "/api/permissions/x/y", "/api/chat/", "/api/chat/models/",
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_not_found(shared: Api, path: str) -> None:
    answer = shared.request("GET", path.format(c=CONVERSATIONS))
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "HEAD", "TRACE", "PROPFIND"])
def test_a_method_that_is_not_there_is_said_to_be_so(shared: Api, method: str) -> None:
    assert shared.request(method, CONVERSATIONS).status_code == 405


@pytest.mark.parametrize(
    ("method", "path"), [("PROPFIND", CONVERSATIONS), ("GET", f"{CONVERSATIONS}/%ff"), ("PUT", CONVERSATIONS)]
)
def test_a_connection_that_ends_with_an_answer_is_said_to_end(
    shared_daemon: DaemonProcess, method: str, path: str
) -> None:
    # Else a client that keeps its connections would send its next request into one that closes.
    parts = urlsplit(shared_daemon.url)
    head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head)
        answer = connection.recv(10_000)
        if b"Connection: close" in answer:
            while connection.recv(1000):
                pass
        else:
            connection.sendall(head)
            assert connection.recv(10_000).startswith(answer.split(b"\r\n")[0])


def test_text_of_every_kind_comes_back_as_it_went(shared: Api) -> None:
    texts = [
        "é ü 漢字 🙂",
        "\u202eright to left",
        "a\r\nb\tc",
        "</script><b>",
        "\\u0041",
        "\x7f\x1b[31m",
        "\ufeff",
    ]
    for text in texts:
        conversation = shared.new(title=text)
        shared.ask(conversation, text + " x")
        assert shared.get(f"{CONVERSATIONS}/{conversation}")["title"] == text
        assert shared.messages(conversation)[0]["content"] == text + " x"


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "a OR", "*", "col:x", "'; --", "(", "a AND b NOT", "🙂", "x" * 499]
)
def test_no_search_breaks_the_search(shared: Api, query: str) -> None:
    assert isinstance(shared.get("/api/chat/search", q=query), list)
    assert isinstance(shared.get(CONVERSATIONS, q=query), list)


def test_errors_of_ours_never_show_a_traceback(shared: Api) -> None:
    for method, path, body in (
        ("POST", CONVERSATIONS, {"runtimeId": ["x"]}),
        ("PATCH", "/api/settings", {"port": "x"}),
        ("POST", "/api/permissions", {"pattern": "((("}),
        ("POST", "/api/permissions/test", {"toolName": "Read", "toolInput": {}}),
    ):
        answer = shared.request(method, path, content=json.dumps(body).encode(), headers=JSON)
        assert answer.status_code == 400, answer.text
        assert "Traceback" not in answer.text
