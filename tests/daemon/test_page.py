"""The chat page's files: who may have them, how long they are kept, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.page_files import PageFiles
from daemon.page_icons import UnknownIconError, sprite
from desktop import web
from tests.api import Api
from tests.daemon_process import DaemonProcess

HTML = {"Accept": "text/html"}
PLACES = ["/", "/inbox", "/settings", "/settings/permissions", "/conversations/x", "/projects/x", "/tasks/x"]


@pytest.fixture
def stranger(shared_daemon: DaemonProcess) -> Iterator[Api]:
    """A browser that is not signed in."""
    api = Api(shared_daemon.url, None)
    yield api
    api.close()


@pytest.mark.parametrize("place", [*PLACES, "/documents/x", "/conversations/x/files/src/a.py"])
def test_each_place_shows_the_page(shared: Api, place: str) -> None:
    answer = shared.request("GET", place)
    assert answer.status_code == 200
    assert "js/app.js" in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_policy_lets_nothing_in_from_elsewhere(shared: Api) -> None:
    page = shared.request("GET", "/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page.text)


def test_a_stranger_is_told_how_to_get_in(stranger: Api) -> None:
    page = stranger.request("GET", "/conversations/x", headers=HTML)
    assert page.status_code == 401
    assert "stagent open" in page.text
    styles = re.findall(r'href="(/web/[^"]+)"', page.text)
    assert len(styles) == 2
    assert all(stranger.request("GET", style).status_code == 200 for style in styles)


def test_a_stranger_gets_no_script(stranger: Api, shared: Api) -> None:
    address = re.findall(r'src="(/web/[^"]+)"', shared.request("GET", "/").text)[0]
    assert shared.request("GET", address).status_code == 200
    assert stranger.request("GET", address).status_code == 401


def test_a_used_link_says_so(stranger: Api, shared: Api) -> None:
    path = shared.post("/api/session/links")["url"].removeprefix(shared.url)
    assert stranger.request("GET", path).status_code == 200
    again = Api(shared.url, None)
    page = again.request("GET", path)
    again.close()
    assert page.status_code == 403
    assert "no longer valid" in page.text


def test_files_are_kept_for_ever_and_the_page_is_asked_for_again(shared: Api) -> None:
    page = shared.request("GET", "/")
    assert page.headers["Cache-Control"] == "private, no-cache"
    tag = page.headers["Etag"]
    assert shared.request("GET", "/", headers={"If-None-Match": tag}).status_code == 304
    address = re.findall(r'src="(/web/[^"]+)"', page.text)[0]
    assert "immutable" in shared.request("GET", address).headers["Cache-Control"]
    another = re.sub(r"/web/\w+/", "/web/other/", address)
    assert "immutable" not in shared.request("GET", another).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["index.html", "js/none.js", "../__init__.py", "__init__.py", "%2e%2e/__init__.py", "js"]
)
def test_nothing_else_is_served(shared: Api, path: str) -> None:
    assert shared.request("GET", f"/web/x/{path}").status_code == 404


def test_a_changed_file_makes_a_new_version(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("1")
    (tmp_path / "icons.txt").write_text("plus")
    (tmp_path / "index.html").write_text("{{web}} {{preloads}} {{home}}")
    files = PageFiles(tmp_path, Path('/home/"me"'))
    first = files.current()
    assert files.current() is first
    document = first.files["index.html"].body.decode()
    assert document.startswith(f"/web/{first.version} <link")
    assert document.endswith(" /home/&quot;me&quot;")
    (tmp_path / "js" / "a.js").write_text("22")
    assert files.known(first.version) is first  # who has its document gets the rest of it too
    second = files.current()
    assert files.known(first.version) is None
    assert second.version != first.version
    assert second.files["js/a.js"].body == b"22"


def test_every_icon_of_the_page_is_in_the_sprite() -> None:
    known = set((web.FOLDER / "icons.txt").read_text().split())
    scripts = "\n".join(path.read_text() for path in (web.FOLDER / "js").rglob("*.js"))
    used = set(re.findall(r'(?:\bicon|iconButton)\("([a-z0-9-]+)"', scripts))
    used |= set(re.findall(r'icon: "([a-z0-9-]+)"', scripts))
    assert len(used) > 20
    assert used <= known


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(UnknownIconError, match="no-such-icon"):
        sprite(["plus", "no-such-icon"])
