"""`stagent` as another program runs it, on a data folder of a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.daemon_process import PROGRAM, clean_environment

DEADLINE_S = 60.0


def stagent(
    data_dir: Path,
    *args: str,
    prefix: Sequence[str] = (),
    program: Sequence[str] = PROGRAM,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, by the program `prefix` if one is given; nobody sits at its terminal.

    What Python runs is `program`.
    """
    return subprocess.run(
        [*prefix, sys.executable, *program, "--data-dir", str(data_dir), *args],
        stdin=subprocess.DEVNULL,
        env=clean_environment(data_dir.parent, STAGENT_PORT="0", **environment),
        cwd=data_dir.parent,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
