"""How other programs find the running daemon: a file that says where it is, and a lock that says that it lives."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import IO, Any, Literal, NamedTuple, get_args

from storage.paths import DataDir

PROC = Path("/proc")
StartedBy = Literal["person", "demand", "service"]


class Discovery(NamedTuple):
    """What `daemon.json` holds, there in camelCase.

    Attributes:
        socket: path of the Unix socket; None where there is none.
        started_at: ISO 8601.
        process_started_at: the process's start time as the system tells it, to know it from a later
            process with the same number; None where the system does not tell.
        data_dir: the folder it serves; a copy of the folder holds the file too.
        started_by: a `person` in a terminal, a program on `demand`, or the system as a `service`.
    """

    pid: int
    url: str
    socket: str | None
    version: str
    started_at: str
    process_started_at: float | None = None
    data_dir: str | None = None
    started_by: StartedBy = "person"


_FIELDS: dict[str, tuple[type, ...]] = {
    "pid": (int,),
    "url": (str,),
    "socket": (str, NoneType),
    "version": (str,),
    "startedAt": (str,),
    "processStartedAt": (float, int, NoneType),
    "dataDir": (str, NoneType),
    "startedBy": (str,),
}
"""The names in the file, in the order of `Discovery`, and what each may be. Others are ignored."""


class AlreadyRunningError(Exception):
    """A daemon runs in this data folder."""


def write(data_dir: DataDir, discovery: Discovery) -> None:
    """Writes the file, readable by its owner alone, as a whole. Raises OSError."""
    import tempfile  # noqa: PLC0415  (who only reads needs none of it)

    handle, temporary = tempfile.mkstemp(dir=data_dir.root, prefix=".daemon-")
    with os.fdopen(handle, "wb") as file:
        file.write(json.dumps(dict(zip(_FIELDS, discovery, strict=True))).encode())
    Path(temporary).replace(data_dir.discovery)


def read(data_dir: DataDir) -> Discovery | None:
    """What the file says, or None where there is none or no valid one."""
    try:
        found = json.loads(data_dir.discovery.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return _checked(found) if isinstance(found, dict) else None


def _checked(found: dict[str, Any]) -> Discovery | None:
    """The file's content, or None where a value is missing or has another type."""
    values = {"processStartedAt": None, "dataDir": None, "startedBy": "person", **found}
    if any(type(values.get(name, found)) not in kinds for name, kinds in _FIELDS.items()):
        return None
    checked = Discovery(*(values[name] for name in _FIELDS))
    return checked if checked.started_by in get_args(StartedBy) else None


def find(data_dir: DataDir) -> Discovery | None:
    """The running daemon, or None where none runs or it is not ready yet."""
    found = read(data_dir)
    if found is None or found.data_dir != str(data_dir.root.resolve()):
        return None
    return found if is_running(found) else None


def remove(data_dir: DataDir, pid: int) -> None:
    """Removes the file, if it is this process's."""
    found = read(data_dir)
    if found is not None and found.pid == pid:
        data_dir.discovery.unlink(missing_ok=True)


def lock(data_dir: DataDir) -> contextlib.AbstractContextManager[None]:
    """Holds the data folder: one daemon each. Raises AlreadyRunningError, see `hold`."""
    return hold(data_dir.lock)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Holds a lock file. The system lets go when the process ends, however it ends.

    Raises:
        AlreadyRunningError: another process holds it.
    """
    with path.open("a+b") as file:
        path.chmod(0o600)
        if not _try_lock(file):
            raise AlreadyRunningError
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def is_running(found: Discovery) -> bool:
    """Whether the process of a daemon is still there; another one with its number does not count."""
    started_at = process_started_at(found.pid)
    return started_at is not None and started_at == found.process_started_at


def process_started_at(pid: int) -> float | None:
    """When a process has started, in the system's own measure; None where none such runs.

    On Linux from `/proc/PID/stat`, field 22, in clock ticks since boot (proc(5)); elsewhere from psutil.
    """
    if PROC.is_dir():
        try:
            stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        has_ended = fields[0] in {"Z", "X"}  # only its exit status waits to be taken
        return None if has_ended else float(fields[19])
    import psutil  # noqa: PLC0415  (Linux does without)

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None
