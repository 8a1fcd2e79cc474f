"""Programs that agents need, and where they are looked for: a daemon's PATH may lack what a login shell has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

from actors.tools.base import ToolError
from actors.tools.ripgrep import find_ripgrep
from daemon.doctor.base import Finding, Patient
from daemon.service.login_shell import login_path

TIMEOUT_S = 10.0


def check(patient: Patient) -> Iterator[Finding]:
    """Looks for them and compares the PATHs."""
    yield _ripgrep()
    path = _path_of_daemon(patient) or patient.environment.get("PATH", os.defpath)
    if shutil.which("git", path=path) is None:
        message = "git is not in the PATH; agents cannot use it."
        yield Finding("git", "warning", message, "Install git.")
    yield _paths(path, login_path(patient.environment))


def _ripgrep() -> Finding:
    try:
        program = find_ripgrep()
        done = subprocess.run(  # noqa: S603  (our own program)
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=True,
        )
    except ToolError as error:
        return Finding("ripgrep", "problem", str(error), "pip install ripgrep, in stagent's environment.")
    except (OSError, subprocess.SubprocessError) as error:
        message = f"ripgrep does not run: {error}."
        return Finding("ripgrep", "problem", message, "pip install --force-reinstall ripgrep.")
    return Finding("ripgrep", "ok", f"{done.stdout.partition(chr(10))[0]}: {program}.")


def _paths(path: str, of_shell: str) -> Finding:
    missing = [
        folder for folder in dict.fromkeys(of_shell.split(os.pathsep)) if folder not in path.split(os.pathsep)
    ]
    if not missing:
        return Finding("path", "ok", "The daemon's PATH has all that your login shell's has.")
    remedy = "`stagent stop`, then start it from a login shell; where it is a service, `stagent service install` again."
    message = f"Agents do not find programs in {', '.join(missing)}, which your login shell does."
    return Finding("path", "warning", message, remedy)


def _path_of_daemon(patient: Patient) -> str | None:
    """The PATH of the running daemon; None where none runs or the system does not tell."""
    if patient.found is None:
        return None
    import psutil  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

    try:
        path: str | None = psutil.Process(patient.found.pid).environ().get("PATH")
    except (psutil.Error, OSError):
        return None
    return path
