"""The PATH of the person's login shell: a service has none of its own, and an agent needs the person's programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

TIMEOUT_S = 10.0
MARK = "stagent-path"


def login_path(environment: Mapping[str, str]) -> str:
    """The PATH that a new login shell has; the present one where the shell does not tell.

    The shell's start-up files run, as at any login. What they print does not matter.
    """
    present = environment.get("PATH", os.defpath)
    shell = environment.get("SHELL")
    if not shell or os.name != "posix":
        return present
    clean = {name: value for name, value in environment.items() if name not in {"PATH", "VIRTUAL_ENV"}}
    try:
        done = subprocess.run(  # noqa: S603  (the person's own shell)
            [shell, "-l", "-c", f'printf "\\n%s=%s\\n" {MARK} "$PATH"'],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**clean, "PATH": os.defpath},
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return present
    told = [line.partition("=")[2] for line in done.stdout.splitlines() if line.startswith(f"{MARK}=")]
    return told[-1] if told and told[-1] else present
