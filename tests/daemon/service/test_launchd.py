"""The launchd agent: what is written is read back, what is said to launchctl is recorded."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path

import pytest

from daemon.service.base import ServiceError, ServiceSpec
from daemon.service.launchd import Launchd, plist
from tests.daemon.service.fake_manager import FakeManager

SPEC = ServiceSpec(
    "stagent", ("/opt/a b/python", "-m", "daemon"), Path("/Users/x/data"), "/opt/homebrew/bin:/bin"
)
DOMAIN = f"gui/{os.getuid()}"
SERVICE = f"{DOMAIN}/local.stagent"
RUNNING = (0, "local.stagent = {\n\tactive count = 1\n\tstate = running\n\tpid = 4711\n}")
WAITING = (0, "local.stagent = {\n\tstate = not running\n}")
UNKNOWN = (113, "Could not find service")


@pytest.fixture
def launchctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeManager:
    return FakeManager("launchctl", tmp_path, monkeypatch)


def test_the_property_list_says_what_launchd_needs() -> None:
    read = plistlib.loads(plist("local.stagent", SPEC))
    assert read["Label"] == "local.stagent"
    assert read["ProgramArguments"] == ["/opt/a b/python", "-m", "daemon"]
    assert read["EnvironmentVariables"] == {"PATH": "/opt/homebrew/bin:/bin"}
    assert read["RunAtLoad"] is True
    assert read["KeepAlive"] == {"SuccessfulExit": False}
    assert read["StandardErrorPath"] == "/Users/x/data/logs/service.log"


def test_the_life_of_the_agent(tmp_path: Path, launchctl: FakeManager) -> None:
    agent = Launchd("stagent", tmp_path)
    path = tmp_path / "Library/LaunchAgents/local.stagent.plist"
    launchctl.answer(print=UNKNOWN)
    assert agent.install(SPEC) is True
    assert launchctl.changing("print") == [["bootstrap", DOMAIN, str(path)]]
    assert path.read_bytes() == plist("local.stagent", SPEC)

    launchctl.answer(print=RUNNING)
    assert agent.install(SPEC) is False
    assert launchctl.changing("print") == []
    found = agent.status()
    assert (found.is_installed, found.is_running, found.pid) == (True, True, 4711)
    agent.stop()
    assert launchctl.changing("print") == [["kill", "SIGTERM", SERVICE]]

    launchctl.answer(print=WAITING)
    assert agent.status().is_running is False
    agent.stop()
    assert launchctl.changing("print") == []
    agent.start()
    assert launchctl.changing("print") == [["kickstart", SERVICE]]

    assert agent.uninstall() is True
    assert launchctl.changing("print") == [["bootout", SERVICE]]
    assert not path.exists()
    assert agent.uninstall() is False


def test_registering_and_forgetting_leave_alone_what_runs(tmp_path: Path, launchctl: FakeManager) -> None:
    agent = Launchd("stagent", tmp_path)
    path = tmp_path / "Library/LaunchAgents/local.stagent.plist"
    assert agent.register(SPEC) is True
    assert agent.register(SPEC) is False
    assert path.read_bytes() == plist("local.stagent", SPEC)
    assert agent.forget() is True
    assert agent.forget() is False
    assert not path.exists()
    assert launchctl.changing("print") == []


def test_another_path_is_taken_over(tmp_path: Path, launchctl: FakeManager) -> None:
    agent = Launchd("stagent", tmp_path)
    launchctl.answer(print=UNKNOWN)
    agent.install(SPEC)
    launchctl.answer(print=RUNNING)
    assert launchctl.calls
    changed = ServiceSpec(SPEC.name, SPEC.program, SPEC.data_dir, "/usr/bin")
    assert agent.install(changed) is True
    assert [call[0] for call in launchctl.changing("print")] == ["bootout", "bootstrap"]


def test_what_launchctl_refuses_is_said(tmp_path: Path, launchctl: FakeManager) -> None:
    launchctl.answer(print=UNKNOWN, bootstrap=(5, "Bootstrap failed: 5: Input/output error"))
    with pytest.raises(ServiceError, match="status 5: Bootstrap failed"):
        Launchd("stagent", tmp_path).install(SPEC)


def test_without_launchctl_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match="launchctl is not there"):
        Launchd("stagent", tmp_path).status()
