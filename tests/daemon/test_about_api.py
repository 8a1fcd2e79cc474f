"""The daemon tells where its things lie, and how the operating system's service stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import StartDaemon
from tests.daemon.service.fake_manager import FakeManager
from tests.daemon_process import DaemonProcess


def test_it_tells_where_its_things_lie(shared_daemon: DaemonProcess) -> None:
    found = shared_daemon.client.get("/api/about")
    assert (found["pid"], found["url"]) == (shared_daemon.pid, shared_daemon.url)
    assert Path(found["dataDirectory"]) == shared_daemon.data_dir.root
    assert Path(found["logDirectory"]).parent == shared_daemon.data_dir.root
    assert found["version"] == shared_daemon.client.get("/healthz")["version"]
    assert found["startedBy"] == "person"
    assert found["startedAt"] < "2100"


def test_a_daemon_whose_file_was_removed_still_tells_the_rest(daemon: DaemonProcess) -> None:
    daemon.data_dir.discovery.unlink()
    found = daemon.client.get("/api/about")
    assert (found["startedAt"], found["startedBy"]) == (None, None)
    assert found["pid"] == daemon.pid


@pytest.mark.skipif("sys.platform != 'linux'", reason="systemd is Linux's")
def test_a_service_that_is_not_installed(
    start_daemon: StartDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = FakeManager("systemctl", tmp_path, monkeypatch)
    manager.answer(**{"--user show": (0, "ActiveState=inactive\nSubState=dead\nMainPID=0\nUnitFileState=")})
    service = start_daemon(PATH=os.environ["PATH"]).client.get("/api/service")
    assert (service["manager"], service["installed"], service["running"]) == ("systemd", False, False)
    assert service["whyNot"] is None
    assert all("show" in call for call in manager.calls)


@pytest.mark.skipif("sys.platform != 'linux'", reason="systemd is Linux's")
def test_a_service_manager_that_is_missing_is_said(start_daemon: StartDaemon, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    daemon = start_daemon(PATH=str(programs))
    service = daemon.client.get("/api/service")
    assert service["manager"] == "systemd"
    assert "systemctl is not there" in service["whyNot"]
    for action in ("install", "start", "stop", "uninstall"):
        refused = daemon.client.request("POST", "/api/service", json={"action": action})
        assert (refused.status_code, refused.json()["code"]) == (409, "service_unavailable")
        assert "systemctl is not there" in refused.json()["error"]


@pytest.mark.skipif("sys.platform != 'linux'", reason="systemd is Linux's")
def test_a_machine_on_which_no_systemd_runs_for_the_person_is_told_from_a_broken_one(
    start_daemon: StartDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = FakeManager("systemctl", tmp_path, monkeypatch)
    api = start_daemon(PATH=os.environ["PATH"]).client
    manager.answer(**{"--user show": (1, "Failed to connect to bus: No medium found")})
    assert "No systemd runs for you here" in api.get("/api/service")["whyNot"]
    manager.answer(**{"--user show": (1, "Out of order")})
    assert "Out of order" in api.get("/api/service")["whyNot"]
