"""A process whose threads are stuck ends all the same, with all its children, and says so."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.daemon_process import clean_environment

DEADLINE_S = 20.0
STUCK = """
import logging, subprocess, sys, threading
from concurrent.futures import ThreadPoolExecutor
from daemon.last_resort import LastResort
logging.basicConfig()
child = subprocess.Popen(["sleep", "600"])
ThreadPoolExecutor(1, thread_name_prefix="stuck").submit(threading.Event().wait)
last_resort = LastResort()
last_resort.begin(0.5 if sys.argv[1] == "storing" else 600)
if sys.argv[1] == "stored":
    last_resort.all_stored()
print(child.pid, flush=True)
"""


@pytest.mark.parametrize(("when", "status"), [("storing", 1), ("stored", 0)])
def test_a_stuck_thread_does_not_hold_the_process(tmp_path: Path, when: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK, when],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert ("these threads run" in done.stderr) is (when == "storing")
    assert has_ended(int(done.stdout))


def has_ended(pid: int) -> bool:
    """Whether a process ends within the deadline: it may still be at its death when who killed it is gone."""
    try:
        process = psutil.Process(pid)
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(DEADLINE_S)
        # Whoever takes its exit status now is the system's business.
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
