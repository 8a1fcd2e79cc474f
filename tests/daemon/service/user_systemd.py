"""A `systemd --user` of its own: in a mount namespace, so that neither it nor this machine sees the other."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon import discovery
from storage.paths import DataDir
from tests.conftest import needs_program
from tests.daemon_process import clean_environment
from tests.shell import Shell

SYSTEMD = "/lib/systemd/systemd"

# systemd refuses to run for a person where the system was not booted with it, and looks at this folder to know.
BOOT = f"""
stagent() {{ "$PYTHON" -m daemon "$@"; }}
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
{SYSTEMD} --user --log-target=null < /dev/null > /dev/null 2>&1 &
until systemctl --user is-system-running --wait > /dev/null 2>&1; do kill -0 $! || break; done
systemctl --user is-system-running
"""


@contextmanager
def user_systemd(home: Path) -> Iterator[Shell]:
    """A shell whose `systemctl --user` speaks to a systemd of its own."""
    needs_program("systemctl", "systemd")
    with alone():
        yield from _running(home)


@contextmanager
def alone() -> Iterator[None]:
    """One of them at a time on this machine: they share control groups, and end what lies in one of that name."""
    import fcntl  # systemd is Linux's, and so is this

    with Path(tempfile.gettempdir(), "stagent-tests-systemd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _running(home: Path) -> Iterator[Shell]:
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    environment = clean_environment(
        home,
        XDG_RUNTIME_DIR=str(runtime),
        SHELL=shutil.which("bash") or "/bin/sh",
        PYTHON=sys.executable,
    )
    as_root = () if os.geteuid() == 0 else ("--map-root-user",)
    shell = Shell(environment, home, ("unshare", "--mount", *as_root))
    try:
        state = shell.run(BOOT).strip()
        assert state in {"running", "degraded"}, f"systemd --user did not come up: {state}"
        yield shell
        shell.run("systemctl --user exit; wait")
    finally:
        shell.close()
        left = discovery.find(DataDir(home / ".local/share/stagent"))
        if left is not None:  # started on demand: no child of the shell
            os.kill(left.pid, signal.SIGKILL)
