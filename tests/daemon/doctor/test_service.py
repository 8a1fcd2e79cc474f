"""The doctor and the service, with a real `systemd --user`: each state that a service can be in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from daemon.doctor import service
from tests.daemon.doctor.patients import patient, states
from tests.daemon.service.fake_manager import FakeManager
from tests.daemon.service.user_systemd import user_systemd
from tests.shell import Shell

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")

UNIT = ".config/systemd/user/stagent.service"


@pytest.fixture
def shell() -> Iterator[Shell]:
    # Not below pytest's folder: the path of a Unix socket has at most 107 bytes.
    with TemporaryDirectory(prefix="a home ") as home, user_systemd(Path(home)) as opened:
        yield opened


def found(shell: Shell) -> dict[str, tuple[str, str]]:
    """State and message of what the doctor says of the service."""
    body = json.loads(shell.run("stagent doctor --json"))
    ours = [one for one in body["findings"] if one["check"].startswith("service")]
    assert all(one["remedy"] for one in ours if one["state"] != "ok")
    return {one["check"]: (one["state"], one["message"]) for one in ours}


def test_each_state_of_a_service_is_told(shell: Shell) -> None:
    assert found(shell) == {
        "service": ("ok", "The service is not installed; the daemon is started on demand.")
    }
    shell.run("stagent service install")
    assert found(shell) == {"service": ("ok", "The service runs: systemd, active (running).")}

    shell.run("systemctl --user disable stagent.service 2>&1")
    assert found(shell)["service"] == ("warning", "The service runs, but not after the next logon.")
    shell.run("stagent service install")

    shell.run("stagent service stop")
    assert found(shell) == {
        "service": ("warning", "The service is installed and does not run: inactive (dead).")
    }

    shell.run(f"sed -i 's/^WatchdogSec=.*/WatchdogSec=99/' {UNIT}; systemctl --user daemon-reload")
    assert found(shell)["service_definition"][0] == "warning"
    installed = shell.run("stagent service install 2>&1")
    again = {"service": ("ok", "The service runs: systemd, active (running).")}
    assert found(shell) == again, installed + shell.run(
        "stagent logs -n 20; cat .local/share/stagent/logs/*.log"
    )

    # A daemon that cannot start: the manager tries some times and then gives up.
    shell.run("stagent service stop; echo '{' > .local/share/stagent/settings.json")
    folder = f"{UNIT}.d"
    shell.run(f"mkdir {folder}; printf '[Service]\\nRestartSec=0\\n' > {folder}/quick.conf")
    shell.run("systemctl --user daemon-reload; systemctl --user start stagent.service 2>&1")
    shell.run("until systemctl --user is-failed stagent.service > /dev/null; do sleep 0.1; done")
    state, message = found(shell)["service"]
    assert (state, "was given up by systemd: failed" in message) == ("problem", True)


def test_a_system_without_systemd_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert states(service.check, patient(tmp_path)) == {"service": "ok"}


def test_a_manager_that_answers_nonsense_is_no_running_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeManager("systemctl", tmp_path, monkeypatch)
    assert states(service.check, patient(tmp_path)) == {"service": "ok"}
