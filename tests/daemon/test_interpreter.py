"""How Python runs the daemon. In a process of its own: it holds for all of a process."""

from __future__ import annotations

import subprocess
import sys

from tests.daemon_process import REPOSITORY

TUNES = """
import gc, sys
from daemon import interpreter

interpreter.begin()
assert not gc.isenabled()
before = len(gc.get_objects())
interpreter.tune()
assert abs(sys.getswitchinterval() - interpreter.SWITCH_INTERVAL_S) < 1e-6, sys.getswitchinterval()
assert len(gc.get_objects()) < before / 10
assert gc.isenabled()
"""


def test_threads_take_short_turns_and_what_is_there_is_not_looked_at_again() -> None:
    subprocess.run([sys.executable, "-c", TUNES], check=True, cwd=REPOSITORY, timeout=60)
