"""The gate: loopback names, our origin, JSON, a credential; whatever else is refused, at every address."""

from __future__ import annotations

import inspect
import os
import re
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from daemon.app import ROUTES
from daemon.credential import Gatekeeper
from tests.actors.tools.context import without_privileges
from tests.api import Api
from tests.daemon_process import DaemonProcess

PATHS = [re.sub(r"\{\w+\}", "x", path) for path, _ in ROUTES]
PUBLIC = {"/healthz", "/sign-in"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.fixture
def stranger(shared_daemon: DaemonProcess) -> Iterator[Api]:
    """A client without a credential."""
    api = Api(shared_daemon.url, None)
    yield api
    api.close()


@pytest.mark.parametrize(
    "path", [path for path in PATHS if path not in PUBLIC] + ["/nowhere", "/api/nowhere"]
)
def test_without_a_credential_nothing_answers(stranger: Api, path: str) -> None:
    for method in METHODS:
        answer = stranger.request(method, path)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.json()["code"] == "no_credential"
    assert "WWW-Authenticate" in stranger.request("GET", path).headers


@pytest.mark.parametrize(
    "value",
    ["Bearer wrong", "Bearer", "Basic dXNlcjpwYXNz", "bearer\ttoken", "Token x", "Bearer é"],
)
def test_a_wrong_credential_is_none(stranger: Api, value: str) -> None:
    answer = stranger.request("GET", "/api/runtimes", headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401


def test_health_needs_no_credential_and_tells_nothing_more(stranger: Api) -> None:
    assert set(stranger.get("/healthz")) == {"ok", "version"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1", "localhost", "127.0.0.1.evil.example:{port}", "evil.example:{port}",
        "localhost:{port}.evil.example", "localhost:1", "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}",
        "[::1]", "127.1:{port}", "", "localhost:{port}:80", "127.0.0.2:{port}",
    ],
)  # fmt: skip
def test_another_host_is_refused(shared_daemon: DaemonProcess, host: str) -> None:
    port = urlsplit(shared_daemon.url).port
    for path in ("/healthz", "/api/runtimes", "/nowhere"):
        assert raw_status(shared_daemon, path, [("Host", host.format(port=port))]) in {400, 403}


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_the_names_of_loopback_are_ours(shared_daemon: DaemonProcess, host: str) -> None:
    port = urlsplit(shared_daemon.url).port
    assert raw_status(shared_daemon, "/healthz", [("Host", host.format(port=port))]) == 200


def test_a_request_without_host_or_with_two_is_refused(shared_daemon: DaemonProcess) -> None:
    ours = urlsplit(shared_daemon.url).netloc
    assert raw_status(shared_daemon, "/healthz", []) in {400, 403}
    assert raw_status(shared_daemon, "/healthz", [("Host", ours), ("Host", "evil.example")]) in {400, 403}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost",
        "http://127.0.0.1:{port}.evil.example", "http://evil.example:{port}", "file://", "", "http://[::1",
        "http://me@127.0.0.1:{port}", "http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/x", "http://127.0.0.1:{port}?x",
        "http://127.0.0.1:{port}#x", "http://127.0.0.1:0{port}", "http:\t//127.0.0.1:{port}",
    ],
)  # fmt: skip
def test_another_origin_is_refused(shared: Api, shared_daemon: DaemonProcess, origin: str) -> None:
    given = {"Origin": origin.format(port=urlsplit(shared_daemon.url).port)}
    for method in ("GET", "POST", "DELETE"):
        answer = shared.request(method, "/api/permissions", headers=given)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:{port}", "HTTP://LocalHost:{port}", "http://[::1]:{port}"]
)
def test_our_own_origin_passes(shared: Api, shared_daemon: DaemonProcess, origin: str) -> None:
    given = {"Origin": origin.format(port=urlsplit(shared_daemon.url).port)}
    assert shared.request("GET", "/api/runtimes", headers=given).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_picture_on_another_page_gets_nothing(shared: Api, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    assert shared.request("GET", "/api/runtimes", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json"],
)
def test_a_body_of_another_type_is_refused_whatever_the_method(shared: Api, content_type: str) -> None:
    for method in ("POST", "PATCH", "DELETE", "GET"):
        answer = shared.request(
            method, "/api/permissions", content=b"{}", headers={"Content-Type": content_type}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_json_body_may_name_its_charset(shared: Api) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    body = b'{"runtimeId": "offline"}'
    answer = shared.request("POST", "/api/chat/conversations", content=body, headers=headers)
    assert answer.status_code == 201


def test_a_link_works_once_and_leaves_a_strict_cookie(shared: Api, shared_daemon: DaemonProcess) -> None:
    url = shared.post("/api/session/links")["url"]
    with httpx2.Client(trust_env=False) as browser:
        page = browser.get(url)
        assert page.status_code == 200
        cookie = page.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "code=" not in page.text
        assert browser.get(f"{shared_daemon.url}/api/runtimes").status_code == 200
        assert browser.get(f"{shared_daemon.url}/").status_code == 200
    with httpx2.Client(trust_env=False) as another:
        assert another.get(url).status_code == 403
        assert another.get(f"{shared_daemon.url}/api/runtimes").status_code == 401


def test_a_link_that_no_page_has_led_to_goes_straight_on(shared: Api, shared_daemon: DaemonProcess) -> None:
    url = shared.post("/api/session/links")["url"]
    with httpx2.Client(trust_env=False) as browser:
        answer = browser.get(url, headers={"Sec-Fetch-Site": "none"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert browser.get(f"{shared_daemon.url}/").status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "1.2.3", "99999999999.abc.def", "é"])
def test_a_forged_cookie_is_none(stranger: Api, cookie: str) -> None:
    headers = {"Cookie": f"stagent_session={cookie}".encode()}
    assert stranger.request("GET", "/api/runtimes", headers=headers).status_code == 401


def test_a_cookie_dies_with_its_token() -> None:
    session = Gatekeeper("one token").new_session()
    assert Gatekeeper("one token").accepts_session(session)
    assert not Gatekeeper("another token").accepts_session(session)
    until, rest = session.split(".", 1)
    assert not Gatekeeper("one token").accepts_session(f"{int(until) + 1}.{rest}")


def test_secrets_are_compared_in_constant_time() -> None:
    source = inspect.getsource(Gatekeeper)
    assert source.count("compare_digest") == 2
    assert "== self._token" not in source


def test_the_unix_socket_needs_no_token_but_the_right_host(shared_daemon: DaemonProcess) -> None:
    path = shared_daemon.data_dir.socket
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    transport = httpx2.HTTPTransport(uds=str(path))
    with httpx2.Client(transport=transport, base_url="http://localhost") as client:
        assert client.get("/api/runtimes").status_code == 200
        assert client.get("/api/runtimes", headers={"Host": "evil.example"}).status_code == 403
        assert client.get("/api/runtimes", headers={"Origin": "http://evil.example"}).status_code == 403


def test_only_loopback_listens(shared_daemon: DaemonProcess) -> None:
    port = urlsplit(shared_daemon.url).port
    listening = {
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{shared_daemon.process.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert listening == {f"0100007F:{port:04X}"}


def test_secret_files_are_closed_to_others(shared_daemon: DaemonProcess) -> None:
    for path in (shared_daemon.data_dir.token, shared_daemon.data_dir.discovery):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_token_is_in_no_log_and_no_answer(daemon: DaemonProcess) -> None:
    token = daemon.data_dir.token.read_text().strip()
    daemon.client.request("GET", "/api/runtimes", headers={"Authorization": f"Bearer {token}x"})
    daemon.client.request("GET", f"/{token}")
    answer = daemon.client.request("GET", "/api/settings")
    daemon.stop()
    assert token not in daemon.errors
    assert token not in answer.text


def raw_status(daemon: DaemonProcess, path: str, headers: list[tuple[str, str]]) -> int:
    """The status of a request with exactly these headers."""
    parts = urlsplit(daemon.url)
    token = daemon.data_dir.token.read_text().strip()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{lines}Authorization: Bearer {token}\r\n\r\n".encode())
        return int(connection.recv(100).split()[1])


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="only root can be somebody else, and only Linux tells",
)
def test_a_link_and_a_cookie_are_of_no_use_to_other_users(stranger: Api, shared: Api) -> None:
    link = shared.post("/api/session/links")["url"].removeprefix(shared.url)
    once = {"Connection": "close"}
    with without_privileges():
        refused = stranger.request("GET", link, headers=once)
    assert (refused.status_code, refused.json()["code"]) == (403, "other_user")
    cookie = stranger.request("GET", link, headers=once).headers["Set-Cookie"].partition(";")[0]
    signed_in = {**once, "Cookie": cookie}
    assert stranger.request("GET", "/api/projects", headers=signed_in).status_code == 200
    with without_privileges():
        refused = stranger.request("GET", "/api/projects", headers=signed_in)
    assert (refused.status_code, refused.json()["code"]) == (403, "other_user")
