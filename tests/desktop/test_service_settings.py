"""The section about the service: what the operating system runs, and how the daemon ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon.service.fake_manager import FakeManager
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage


def test_the_service_page_tells_how_it_is_run(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    page = open_page(daemon, "/settings/service")
    page.get_by_label("Ends when unused for").fill("5")
    page.keyboard.press("Tab")
    expect(page.locator("#announcer")).to_have_text("Saved.")
    assert api.get("/api/settings")["idleExitSeconds"] == 300
    page.get_by_role("button", name="Stop now").click()
    assert daemon.wait() == 0


INACTIVE = (0, "ActiveState=inactive\nSubState=dead\nMainPID=0\nUnitFileState=enabled")
ACTIVE = (0, "ActiveState=active\nSubState=running\nMainPID=4711\nUnitFileState=enabled")


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeManager:
    """A systemd that says of the service that it does not run."""
    manager = FakeManager("systemctl", tmp_path, monkeypatch)
    manager.answer(**{"--user show": INACTIVE})
    return manager


@pytest.mark.skipif("sys.platform != 'linux'", reason="systemd is Linux's")
def test_the_service_is_installed_stopped_and_removed_from_the_page(
    open_page: OpenPage, start_daemon: StartDaemon, manager: FakeManager
) -> None:
    daemon = start_daemon(PATH=os.environ["PATH"])
    page = open_page(daemon, "/settings/service")
    card = page.locator(".card")
    expect(card.locator(".chip")).to_have_text("Not installed")
    card.get_by_role("button", name="Install").click()
    expect(card.locator(".chip")).to_have_text("Not running")
    expect(card).to_contain_text(".config/systemd/user/stagent")
    assert [call[1] for call in manager.changing() if call[1] != "show"] == ["daemon-reload", "enable"]
    card.get_by_role("button", name="Remove").click()
    expect(card.locator(".chip")).to_have_text("Not installed")
    assert [call[1] for call in manager.changing() if call[1] != "show"] == ["disable", "daemon-reload"]
    assert daemon.process.poll() is None
    card.get_by_role("button", name="Install").click()
    expect(card.get_by_role("button", name="Start now")).to_be_visible()
    manager.answer(**{"--user show": INACTIVE, "--user enable": (1, "no room")})
    card.get_by_role("button", name="Remove").click()
    card.get_by_role("button", name="Install").click()
    expect(page.get_by_role("alert")).to_contain_text("no room")
    manager.answer(**{"--user show": ACTIVE})
    page.reload()
    expect(card.locator(".chip")).to_have_text("Running")
    card.get_by_role("button", name="Stop").click()
    assert daemon.wait() == 0


@pytest.mark.skipif("sys.platform != 'linux'", reason="systemd is Linux's")
def test_the_service_takes_over_from_the_daemon_of_the_page(
    open_page: OpenPage, start_daemon: StartDaemon, manager: FakeManager
) -> None:
    daemon = start_daemon(PATH=os.environ["PATH"])
    page = open_page(daemon, "/settings/service")
    page.get_by_role("button", name="Install").click()
    expect(page.locator(".card .chip")).to_have_text("Not running")
    with page.expect_response("**/api/service") as answered:
        page.get_by_role("button", name="Start now").click()
    assert answered.value.status == 202
    expect(page.get_by_role("status").filter(has_text="takes over")).to_be_visible()
    assert daemon.wait() == 0


def test_where_there_is_no_service_manager_the_page_says_why(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    page = open_page(start_daemon(PATH=str(programs)), "/settings/service")
    expect(page.locator(".card .chip")).to_have_text("Cannot be used")
    expect(page.locator(".card")).to_contain_text("systemctl is not there")
    expect(page.locator(".card").get_by_role("button")).to_have_count(0)
