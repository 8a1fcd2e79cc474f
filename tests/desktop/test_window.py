"""The real window on a screen that nobody sees: it opens, paints, chats, comes to the front, remembers, closes."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon import discovery
from storage.paths import DataDir
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.desktop.virtual_screen import DEADLINE_S, VirtualScreen, until

GREEN = 0x00FF00
TYPE = """
(() => {
  const field = document.querySelector("textarea");
  if (!field) return false;
  field.value = %s;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  return true;
})()
"""
ENTER = """
document.querySelector("textarea").dispatchEvent(
  new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}))
"""


class DrivenWindow:
    """The process of `driven_window`."""

    def __init__(self, data_dir: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.desktop.driven_window", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=REPOSITORY,
            text=True,
        )
        self._watchdog = threading.Timer(4 * DEADLINE_S, self.process.kill)
        self._watchdog.start()
        assert self._read() == "ready"

    def do(self, *command: Any) -> Any:
        """What comes of a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._read()

    def js(self, script: str) -> Any:
        """What a script in the page comes to."""
        return self.do("js", script)

    def close(self) -> None:
        """Closes the window."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(DEADLINE_S) == 0
        self.end()

    def end(self) -> None:
        """Ends the process, however it is."""
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the window has ended"
        return json.loads(line)


OpenWindow = Callable[..., DrivenWindow]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualScreen]:
    """One screen for the tests of this module."""
    if importlib.util.find_spec("PySide6") is None:
        message = "PySide6 is missing; `make install-desktop` installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    found = VirtualScreen(tmp_path_factory.mktemp("screen"))
    yield found
    found.stop()


@pytest.fixture
def environment(screen: VirtualScreen, tmp_path: Path) -> dict[str, str]:
    """The variables of a window; whatever it opens in the browser, a file gets to know."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return clean_environment(home, DISPLAY=screen.display, BROWSER=f"{browser} %s")


@pytest.fixture
def open_window(environment: dict[str, str], tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens windows of a data folder; those that are still open in the end are closed."""
    opened: list[DrivenWindow] = []

    def open_() -> DrivenWindow:
        opened.append(DrivenWindow(tmp_path / "data", environment))
        return opened[-1]

    yield open_
    for window in opened:
        if window.process.poll() is None:
            window.end()


def composer(window: DrivenWindow) -> None:
    """Waits for the page."""
    until(lambda: window.js("document.querySelector('textarea') !== null"), "the page is there")


def test_it_opens_paints_and_chats(
    daemon: DaemonProcess, open_window: OpenWindow, screen: VirtualScreen
) -> None:
    window = open_window()
    composer(window)
    x, y, width, _ = window.do("place")
    top = max(y, 0)
    until(lambda: len(screen.colours(x, top, width, 200)) > 20, "letters and icons are on the screen")
    assert window.js(TYPE % json.dumps("help"))
    window.js(ENTER)
    until(lambda: "shows a file, or lines a to b of it" in window.js("document.body.innerText"), "an answer")
    (conversation,) = daemon.client.get("/api/chat/conversations")
    assert daemon.client.messages(conversation["id"])[0]["content"] == "help"
    window.close()
    assert set(screen.colours(0, 0, 200, 200)) == {0}


def test_text_that_was_typed_just_before_the_end_is_there_again(
    daemon: DaemonProcess, open_window: OpenWindow
) -> None:
    first = open_window()
    composer(first)
    assert first.js(TYPE % json.dumps("half a thought"))
    first.close()
    second = open_window()
    until(lambda: second.js("document.querySelector('textarea')?.value") == "half a thought", "the text")


def test_it_starts_a_daemon_where_none_runs(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window()
    composer(window)
    window.close()
    found = discovery.find(DataDir(tmp_path / "data"))
    assert found is not None
    os.kill(found.pid, signal.SIGTERM)
    until(lambda: discovery.process_started_at(found.pid) is None, "the daemon has ended")


def test_a_second_launch_brings_the_first_window_to_the_front(
    daemon: DaemonProcess, open_window: OpenWindow, screen: VirtualScreen, environment: dict[str, str]
) -> None:
    window = open_window()
    composer(window)
    x, y, _, _ = window.do("place")
    place = (x + 20, max(y, 0) + 20, 40, 40)
    cover = subprocess.Popen(
        [sys.executable, REPOSITORY / "tests/desktop/cover.py"],
        stdin=subprocess.PIPE,
        env=environment,
    )
    try:
        until(lambda: set(screen.colours(*place)) == {GREEN}, "the window is covered")
        second = subprocess.run(
            [sys.executable, "-m", "desktop", "--data-dir", daemon.data_dir.root],
            env=environment,
            timeout=DEADLINE_S,
            check=False,
        )
        assert second.returncode == 0
        until(lambda: GREEN not in screen.colours(*place), "the window is in front")
    finally:
        cover.communicate()


def test_it_remembers_its_place_and_size(daemon: DaemonProcess, open_window: OpenWindow) -> None:
    first = open_window()
    first.do("resize", 900, 640)
    first.do("move", 120, 60)
    until(lambda: first.do("place") == [120, 60, 900, 640], "it is there")
    first.close()
    second = open_window()
    until(lambda: second.do("place") == [120, 60, 900, 640], "the second one is there too")
    until(lambda: second.js("[innerWidth, innerHeight].join()") == "900,640", "the page fills it")


def test_typed_text_outlives_a_daemon_that_comes_back_elsewhere(
    start_daemon: StartDaemon, open_window: OpenWindow
) -> None:
    daemon = start_daemon()
    conversation = daemon.client.new()
    window = open_window()
    composer(window)
    window.js(
        f'history.pushState(null, "", "/conversations/{conversation}");'
        'dispatchEvent(new PopStateEvent("popstate"))'
    )
    composer(window)
    assert window.js(TYPE % json.dumps("half a thought"))
    daemon.stop()
    other = start_daemon(daemon.data_dir.root)
    assert other.url != daemon.url
    until(lambda: window.js("location.origin") == other.url, "the page of the new daemon")
    until(
        lambda: window.js("document.querySelector('textarea')?.value") == "half a thought",
        "the text is there again",
    )
    assert window.js("location.pathname") == f"/conversations/{conversation}"


def test_copying_downloading_and_links_leave_the_window(
    daemon: DaemonProcess, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    composer(window)
    until(lambda: window.js("typeof window.pywebview?.api?.copy") == "function", "the bridge")

    def copied() -> bool:
        window.js("void pywebview.api.copy('to the clipboard')")  # a page copies only once it has the focus
        return bool(window.do("clipboard") == "to the clipboard")

    until(copied, "the clipboard has it")

    window.js(
        "(() => { const link = document.createElement('a'); link.href = '/api/openapi.json';"
        "link.download = 'api.json'; document.body.append(link); link.click(); })()"
    )
    saved = tmp_path / "home" / "Downloads" / "api.json"
    until(lambda: saved.exists() and saved.stat().st_size, "the download is there")

    window.js("void window.open('https://example.org/elsewhere')")
    opened = tmp_path / "opened"
    until(lambda: opened.exists() and "https://example.org/elsewhere" in opened.read_text(), "the browser")
    window.js("location.href = 'https://example.org/astray'")
    until(lambda: window.js("location.origin") == daemon.url, "the page is still ours")


def test_without_a_display_it_says_so_and_leads_to_the_browser(daemon: DaemonProcess, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daemon", "--data-dir", daemon.data_dir.root],
        env=clean_environment(tmp_path / "home"),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == "stagent: There is no display for a window.\n"
    assert done.stdout.startswith(f"Open in a browser: {daemon.url}/sign-in?code=")
