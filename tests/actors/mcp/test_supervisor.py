"""The supervisor knows how its server ended, however the two ends fall together."""

from __future__ import annotations

import subprocess
import sys

from tests.daemon_process import REPOSITORY

# In a process of its own: the supervisor takes every child of its process for its server's.
ENDS_BEFORE_THE_LAST_LOOK = """
import os
from actors.mcp import supervisor

server = os.fork()
if server == 0:
    os._exit(3)
os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
print(os.waitstatus_to_exitcode(supervisor._end(server, None)))
"""


def test_a_server_that_ended_by_itself_is_not_taken_for_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS_BEFORE_THE_LAST_LOOK],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "3\n"
