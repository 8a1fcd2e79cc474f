"""What a service manager does for us, whichever the system has."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

NAME = "stagent"
COMMAND_TIMEOUT_S = 60.0


class ServiceError(Exception):
    """The service manager is not there or refuses; the message says why and what to do."""


class ServiceSpec(msgspec.Struct, frozen=True):
    """What is to run.

    Attributes:
        name: of the service; each data folder has its own.
        program: the command, each argument by itself.
        data_dir: absolute.
        path: the PATH of the person's login shell; a service has none of its own.
    """

    name: str
    program: tuple[str, ...]
    data_dir: Path
    path: str


class ServiceStatus(msgspec.Struct, frozen=True):
    """How a service stands.

    Attributes:
        is_enabled: it starts at logon.
        state: the manager's own words.
        definition: the file that describes it to the manager.
        has_failed: it has ended by itself, and the manager has given it up.
    """

    is_installed: bool
    is_enabled: bool
    is_running: bool
    pid: int | None
    state: str
    definition: Path | None
    has_failed: bool = False


class ServiceManager(Protocol):
    """The part of a service manager that is needed here. Every method may raise ServiceError."""

    label: str
    """What people know it by, such as `systemd`."""

    def install(self, spec: ServiceSpec) -> bool:
        """Describes the service to the manager and starts it; False where nothing had to be changed."""
        ...

    def describe(self, spec: ServiceSpec) -> bytes:
        """What the file that describes the service has to hold."""
        ...

    def register(self, spec: ServiceSpec) -> bool:
        """Describes the service for the next logon and starts nothing; False where nothing had to be changed."""
        ...

    def forget(self) -> bool:
        """Removes the service and stops nothing: what runs goes on until its end; False where there was none."""
        ...

    def uninstall(self) -> bool:
        """Stops and forgets the service; False where there was none. Data is not touched."""
        ...

    def start(self) -> None:
        """Starts it. Harmless where it runs."""
        ...

    def stop(self) -> None:
        """Stops it until the next logon. Harmless where it does not run."""
        ...

    def status(self) -> ServiceStatus:
        """How it stands."""
        ...

    def logs(self, *, lines: int, follow: bool) -> tuple[str, ...] | None:
        """The command that shows its log; None where the log is only in the data folder."""
        ...

    def advice(self) -> str | None:
        """One sentence about what the person may want to do besides, or None."""
        ...


def service_name(data_dir: Path, usual: Path) -> str:
    """The name of a data folder's service: short for the usual folder, told apart by a hash for others."""
    if data_dir == usual:
        return NAME
    return f"{NAME}-{hashlib.sha256(bytes(data_dir)).hexdigest()[:8]}"


def run(*command: str, is_allowed_to_fail: bool = False) -> str:
    """What a command of the service manager prints.

    Raises:
        ServiceError: it is not there, fails, or does not end within a minute.
    """
    try:
        done = subprocess.run(  # noqa: S603  (a fixed program; arguments are never parsed by a shell)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=COMMAND_TIMEOUT_S,
        )
    except FileNotFoundError as error:
        raise ServiceError(
            f"{command[0]} is not there, so this system's services cannot be used. "
            "Run `stagent serve` by other means instead."
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"`{' '.join(command)}` did not work: {error}.") from error
    if done.returncode != 0 and not is_allowed_to_fail:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise ServiceError(
            f"`{' '.join(command)}` failed with status {done.returncode}: {' '.join(said)[:500] or 'it says nothing'}"
        )
    return done.stdout


def write_if_new(path: Path, content: bytes) -> bool:
    """Writes a definition as a whole; False where the file holds just that already. Raises ServiceError."""
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".stagent-", delete=False) as file:
            file.write(content)
        written = Path(file.name)
        written.chmod(0o600)
        written.replace(path)
    except OSError as error:
        raise ServiceError(f"{path} cannot be written: {error.strerror or error}.") from error
    return True


def remove(path: Path) -> bool:
    """Removes a definition; False where there was none. Raises ServiceError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ServiceError(f"{path} cannot be removed: {error.strerror or error}.") from error
    return True


def first_line(text: str, start: str) -> str:
    """What follows `start` on the first line that begins with it, white space around it aside; else empty."""
    for line in text.splitlines():
        if line.strip().startswith(start):
            return line.strip().removeprefix(start).strip()
    return ""


def joined(command: Sequence[str]) -> str:
    """A command line for people."""
    import shlex  # noqa: PLC0415  (only for messages)

    return shlex.join(command)
