"""The systemd user unit, run by a real `systemd --user`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from daemon.service.base import ServiceSpec
from daemon.service.systemd import unit_text
from tests.conftest import needs_program
from tests.daemon.service.user_systemd import user_systemd
from tests.shell import Shell

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")

SPEC = ServiceSpec("stagent", ("/opt/a b/python", "-m", "daemon"), Path("/data"), "/usr/bin:/bin")


@pytest.fixture
def shell() -> Iterator[Shell]:
    # Not below pytest's folder: the path of a Unix socket has at most 107 bytes.
    with TemporaryDirectory(prefix="a home ") as home, user_systemd(Path(home)) as opened:
        yield opened


def status(shell: Shell) -> dict[str, Any]:
    """What `stagent service status` says."""
    found: dict[str, Any] = json.loads(shell.run("stagent service status --json"))
    return found


def test_the_life_of_the_service(shell: Shell) -> None:
    assert status(shell)["installed"] is False

    installed = shell.run("stagent service install 2>&1; echo $?")
    assert "Installed: " in installed
    assert installed.rstrip().endswith("0")
    first = status(shell)
    assert (first["installed"], first["enabled"], first["running"]) == (True, True, True)
    running = json.loads(shell.run("stagent status --json"))
    assert (running["pid"], running["answers"]) == (first["pid"], True)

    assert "Already installed" in shell.run("stagent service install 2>&1")
    assert status(shell)["pid"] == first["pid"], "installing again restarts nothing"

    # It comes back after a crash.
    shell.run(f"kill -9 {first['pid']}; until stagent status > /dev/null 2>&1; do :; done")
    second = status(shell)
    assert second["running"] is True
    assert second["pid"] != first["pid"]

    assert "Stopped." in shell.run("stagent service stop")
    assert status(shell)["running"] is False
    assert "Started." in shell.run("stagent service start")
    assert status(shell)["running"] is True

    assert "Your data stays" in shell.run("stagent service uninstall")
    last = status(shell)
    assert (last["installed"], last["running"]) == (False, False)
    assert shell.run("ls .local/share/stagent/stagent.db").strip()
    assert "no service to remove" in shell.run("stagent service uninstall")


def test_a_daemon_that_runs_already_gives_way_between_turns(shell: Shell) -> None:
    before = shell.run("stagent open --print > /dev/null; stagent status --json")
    assert "ends as soon as no agent works" in shell.run("stagent service install 2>&1")
    after = json.loads(shell.run("stagent status --json"))
    assert after["pid"] == status(shell)["pid"] != json.loads(before)["pid"]


def test_a_daemon_that_hangs_is_ended_by_the_watchdog_and_comes_back(shell: Shell) -> None:
    shell.run("stagent service install")
    shell.run("mkdir .config/systemd/user/stagent.service.d")
    shell.run("printf '[Service]\\nWatchdogSec=1\\n' > .config/systemd/user/stagent.service.d/quick.conf")
    shell.run("systemctl --user daemon-reload; systemctl --user restart stagent.service")
    hung = status(shell)["pid"]
    shell.run(f"kill -STOP {hung}; while kill -0 {hung} 2> /dev/null; do :; done")
    shell.run("until stagent status > /dev/null 2>&1; do :; done")
    assert status(shell)["pid"] != hung


@pytest.mark.parametrize("word", ["a b", "50%", 'say "hi"', "back\\slash", "$HOME", "ümlaut", "tab\there"])
def test_every_word_reaches_the_program_as_it_is(shell: Shell, word: str) -> None:
    printer = "import os, sys; open(sys.argv[1], 'w').write(repr((sys.argv[2], os.environ['PATH'])))"
    home = Path(shell.run("pwd").strip())
    spec = ServiceSpec(
        "words", (sys.executable, "-c", printer, str(home / "out"), word), home, f"/bin:/{word}"
    )
    unit = unit_text(spec).replace("Type=notify", "Type=oneshot").replace("Restart=on-failure", "")
    folder = home / ".config/systemd/user"
    folder.mkdir(parents=True)
    (folder / "words.service").write_text(unit)
    shell.run("systemctl --user daemon-reload; systemctl --user start words.service")
    assert (home / "out").read_text() == repr((word, f"/bin:/{word}"))


def test_the_unit_is_clean(tmp_path: Path) -> None:
    analyze = needs_program("systemd-analyze", "systemd")
    program = ServiceSpec(SPEC.name, (sys.executable, "-m", "daemon"), SPEC.data_dir, SPEC.path)
    unit = tmp_path / "stagent.service"
    unit.write_text(unit_text(program))
    done = subprocess.run(
        [analyze, "--user", "verify", unit],
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def change(shell: Shell, action: str) -> dict[str, Any]:
    """What `POST /api/service` answers."""
    curl = "curl -s --unix-socket .local/share/stagent/stagent.sock -H 'Content-Type: application/json'"
    found: dict[str, Any] = json.loads(
        shell.run(f"""{curl} http://localhost/api/service -d '{{"action": "{action}"}}'""")
    )
    return found


def test_the_page_installs_starts_stops_and_removes_it(shell: Shell) -> None:
    shell.run("stagent open --print > /dev/null")
    first = json.loads(shell.run("stagent status --json"))
    assert "not installed" in change(shell, "start")["error"]
    installed = change(shell, "install")
    assert (installed["installed"], installed["enabled"], installed["running"]) == (True, True, False)
    assert json.loads(shell.run("stagent status --json"))["pid"] == first["pid"], "what runs is left alone"
    assert "started by other means" in change(shell, "stop")["error"]

    assert change(shell, "start")["installed"] is True
    shell.run("until stagent service status > /dev/null 2>&1 && stagent status > /dev/null 2>&1; do :; done")
    second = json.loads(shell.run("stagent status --json"))
    assert second["pid"] == status(shell)["pid"] != first["pid"]

    removed = change(shell, "uninstall")
    assert (removed["installed"], removed["running"]) == (False, True)
    assert json.loads(shell.run("stagent status --json"))["pid"] == second["pid"]
    assert change(shell, "install")["running"] is True
    assert change(shell, "stop")["installed"] is True
    shell.run("while stagent service status > /dev/null 2>&1; do :; done")
    assert status(shell)["running"] is False
    assert shell.run("stagent status > /dev/null 2>&1; echo $?").strip() != "0"


def test_a_daemon_comes_back_where_the_service_does_not_start(shell: Shell) -> None:
    shell.run("stagent open --print > /dev/null")
    change(shell, "install")
    shell.run("mkdir .config/systemd/user/stagent.service.d")
    shell.run(
        "printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\nRestart=no\\n' > .config/systemd/user/stagent.service.d/x.conf"
    )
    shell.run("systemctl --user daemon-reload")
    before = json.loads(shell.run("stagent status --json"))["pid"]
    assert "failed" in shell.run("stagent service start 2>&1")
    assert json.loads(shell.run("stagent status --json"))["pid"] != before
    shell.run("stagent stop")
