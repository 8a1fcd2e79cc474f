"""Runs an MCP server and sees to it that nothing of it outlives the daemon. A program of its own: `main` is its start.

The daemon holds one end of a pipe, this program the other. When the daemon closes its end, or is gone, however it
ended, the server and all that it started are asked to end, and then forced. On Linux this program adopts the orphans
of the server, so it also finds what has left the process group; on other systems it ends the group.

Only the standard library, and little of it: it starts in milliseconds (`python -I -S`) and stays small.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

Prctl = Callable[[int, int], int]

LEAVE_S = 0.3
"""How long the server may take to end by itself: its standard input has ended."""

GRACE_S = 0.5
"""Time between the request to end and the end by force."""

LIMIT_S = 2.0
"""Time after which a process that cannot be ended (it hangs in the kernel) is given up."""

CANNOT_START = 127

_LOOK_S = 0.02
_IS_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> int:
    """Runs a command; its exit status, or 128 + the signal that ended it.

    Args:
        arguments: the descriptor of the pipe, then the command.
    """
    life = int(arguments[0])
    os.set_inheritable(life, False)
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _nothing)
    prctl = _prctl()
    if prctl is not None:
        prctl(_PR_SET_CHILD_SUBREAPER, 1)
    own = os.getpid()
    server = os.fork()
    if server == 0:
        _become(arguments[1:], own, prctl)
    with suppress(OSError):  # the server has done so itself, and may run already
        os.setpgid(server, server)
    _let_go()
    status = None
    while status is None:
        ready, _, _ = select.select([life, woken], [], [])
        with suppress(BlockingIOError):
            os.read(woken, 512)
        status = _reap(server)
        if life in ready:
            break
    status = _end(server, status)
    exit_code = os.waitstatus_to_exitcode(status) if status is not None else -signal.SIGKILL
    return exit_code if exit_code >= 0 else 128 - exit_code


def _become(command: list[str], parent: int, prctl: Prctl | None) -> None:
    """Turns the forked process into the server."""
    try:
        os.setpgid(0, 0)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        if prctl is not None:
            # If this program is killed itself, its server goes too.
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            os.execvp(command[0], command)  # noqa: S606  (a person has written it down)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(CANNOT_START)


def _let_go() -> None:
    """Gives up the server's input and output, so that their other ends see when the server closes them."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _end(server: int, status: int | None) -> int | None:
    """Ends whatever is left; the status of the server."""
    started_at = time.monotonic()
    leave_s = LEAVE_S if status is None else 0.0
    has_asked = False
    while (left := _left(server)) and (passed_s := time.monotonic() - started_at) < LIMIT_S:
        if passed_s >= leave_s + GRACE_S:
            _signal(left, signal.SIGKILL)
        elif passed_s >= leave_s and not has_asked:
            has_asked = True
            _signal(left, signal.SIGTERM)
        time.sleep(_LOOK_S)
        ended = _reap(server)
        status = ended if ended is not None else status
    # One that ended between the last two looks is no longer left, but has not been asked how.
    return status if status is not None else _reap(server)


def _reap(server: int) -> int | None:
    """Takes note of what has ended; the status of the server if it is among them."""
    found = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == server:
                found = status
    return found


def _left(server: int) -> list[int]:
    """What still runs, as `os.kill` takes it: on Linux all descendants, elsewhere the server's group."""
    if not _IS_LINUX:
        with suppress(ProcessLookupError):
            os.killpg(server, 0)
            return [-server]
        return []
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208  (pathlib would double the start-up time)
        if name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                state, parent = _stat(int(name))
                if state != "Z":
                    parents.setdefault(parent, []).append(int(name))
    found: list[int] = []
    new = [os.getpid()]
    while new:
        new = [pid for parent in new for pid in parents.get(parent, [])]
        found.extend(new)
    return found


def _stat(pid: int) -> tuple[str, int]:
    with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  (pathlib would double the start-up time)
        fields = file.read().rpartition(b")")[2].split()
    return fields[0].decode(), int(fields[1])


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def _prctl() -> Prctl | None:
    """The system call by which Linux tells a process of its parent's end; None elsewhere."""
    if not _IS_LINUX:
        return None
    import ctypes  # noqa: PLC0415

    found: Prctl = ctypes.CDLL(None).prctl
    return found


def _nothing(_number: int, _frame: object) -> None:
    """A handler, so that the signal wakes the loop and is not inherited as ignored."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
