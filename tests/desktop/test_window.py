"""The real window on a screen that nobody sees: it opens, paints, chats, comes to the front, remembers, closes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from daemon import discovery
from storage.paths import DataDir
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.desktop.driving import OpenWindow, composer
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


def test_what_is_answered_here_says_so(daemon: DaemonProcess, open_window: OpenWindow) -> None:
    window = open_window()
    composer(window)
    assert window.js(TYPE % json.dumps("run true"))
    window.js(ENTER)
    until(lambda: daemon.client.get("/api/permissions/pending"), "a request")
    [request] = daemon.client.get("/api/permissions/pending")

    def is_allowed() -> bool:
        """Clicks; what comes within 400 ms after the card counts for nothing."""
        window.js("document.querySelector('.request .primary')?.click()")
        return not daemon.client.get("/api/permissions/pending")

    until(is_allowed, "an answer")
    rows = daemon.client.messages(request["conversationId"])
    [answered] = [row for row in rows if row["id"] == request["id"]]
    assert answered["metadata"]["answeredBy"]["name"] == "the window"
    window.close()


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
