"""Notifications reach the desktop, and a click on one leads back. In a process of their own, as the window is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon_process import clean_environment
from tests.desktop.notification_center import DEADLINE_S, NotificationCenter

SHOW = """
import sys, threading
from desktop.attention import Notice
from desktop.notifications import Notifier
is_clicked = threading.Event()
def click(conversation):
    print(conversation)
    is_clicked.set()
notifier = Notifier(click)
notifier.show(Notice("c-1", "Login", sys.argv[1])).result(20)
print("shown", flush=True)
if sys.argv[2:] == ["and wait"]:
    assert is_clicked.wait(20)
notifier.stop()
notifier.stop()
print("stopped")
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux shows notifications")


def start(
    home: Path, address: str, *arguments: str, text: str = "Waits for your answer."
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SHOW, text, *arguments],
        env=clean_environment(home, DBUS_SESSION_BUS_ADDRESS=address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_notice_is_shown_and_a_click_tells_the_conversation(tmp_path: Path) -> None:
    center = NotificationCenter()
    process = start(tmp_path, center.address, "and wait")
    try:
        assert center.wait() == ("Login", "Waits for your answer.")
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        center.click()
        said, _ = process.communicate(timeout=DEADLINE_S)
        assert said.splitlines() == ["c-1", "stopped"]
    finally:
        process.kill()
        process.communicate()
        center.stop()


def test_what_a_model_says_is_no_markup(tmp_path: Path) -> None:
    center = NotificationCenter()
    process = start(tmp_path, center.address, text='<a href="http://example.com">Sign in</a>')
    try:
        assert center.wait() == ("Login", '‹a href="http://example.com">Sign in‹/a>')
        process.communicate(timeout=DEADLINE_S)
    finally:
        process.kill()
        process.communicate()
        center.stop()


def test_a_desktop_without_notifications_is_no_reason_to_fail(tmp_path: Path) -> None:
    process = start(tmp_path, "unix:path=/nonexistent/bus")
    said, errors = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, said) == (0, "shown\nstopped\n"), errors
