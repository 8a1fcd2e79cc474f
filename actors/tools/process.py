"""A command runs in a session of its own, and when it ends nothing of it stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped, unused-ignore]

T = TypeVar("T")

READ_SIZE = 64 * 1024
GRACE_S = 0.5
"""Time between the request to end and the end by force."""

LIMIT_S = 2.0
"""Time after which a process that cannot be ended (it hangs in the kernel) is given up."""

_FIRST_LOOK_S = 0.005
_LOOK_S = 0.05


class ProcessGroup:
    """A process and everything that it starts.

    Made by `start`. Belongs to the event loop on which it was started.

    Attributes:
        output: what the processes write to standard output and standard error, in order. It reads ahead by a
            bounded amount; whoever writes more waits.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        output: asyncio.StreamReader,
        pipe: asyncio.ReadTransport,
    ) -> None:
        self.output = output
        self._process = process
        self._pipe = pipe
        self._created_at = _created_at(process.pid)

    @classmethod
    async def start(
        cls, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> ProcessGroup:
        """Starts a program with nothing on standard input.

        Args:
            arguments: the program's path and its arguments.
            folder: its working directory.
            environment: all of its environment variables.

        Raises:
            OSError: it cannot be started.
            ValueError: an argument holds a NUL.
        """
        read_end, write_end = os.pipe()
        try:
            output = asyncio.StreamReader(limit=READ_SIZE)
            pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(output), os.fdopen(read_end, "rb", buffering=0)
            )
            try:
                # Pipes of its own keep the wait for the process apart from the wait for the pipe's end, which
                # a process in the background may hold open.
                starting = asyncio.create_subprocess_exec(
                    *arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=write_end,
                    stderr=write_end,
                    cwd=folder,
                    env=dict(environment),
                    start_new_session=True,
                )
                process, was_cancelled = await _to_the_end(starting)
            except BaseException:
                pipe.close()
                raise
        finally:
            os.close(write_end)
        group = cls(process, output, pipe)
        if was_cancelled:
            await group.stop()
            group.close()
            raise asyncio.CancelledError
        return group

    async def wait(self) -> int:
        """Waits for the first process; its exit code, or minus the signal that ended it."""
        return await self._process.wait()

    async def stop(self) -> int:
        """Ends what is left: asks, and after 0.5 s forces. Takes at most 2 s and cannot be interrupted.

        Returns:
            How many processes there were.
        """
        count, was_cancelled = await _to_the_end(self._stop())
        if was_cancelled:
            raise asyncio.CancelledError
        return count

    def close(self) -> None:
        """Lets go of the output."""
        self._pipe.close()

    async def _stop(self) -> int:
        seen = self._left(set())
        asked: set[psutil.Process] = set()
        left = seen
        started_at = time.monotonic()
        pause_s = _FIRST_LOOK_S
        while left and time.monotonic() - started_at < LIMIT_S:
            if time.monotonic() - started_at < GRACE_S:
                _signal(left - asked, signal.SIGTERM, self._process.pid)
                asked |= left
            else:
                _signal(left, signal.SIGKILL, self._process.pid)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LOOK_S)
            left = self._left(seen)
            seen |= left
        # An ended process takes up its number until the loop has noticed.
        with suppress(TimeoutError):
            async with asyncio.timeout(max(_LOOK_S, LIMIT_S - (time.monotonic() - started_at))):
                await self._process.wait()
        return len(seen)

    def _left(self, known: set[psutil.Process]) -> set[psutil.Process]:
        """Those of the session that run, and of the known ones, with all their descendants."""
        # What forked and ended while it was looked at has left a child that only a second look shows.
        return self._seen_now(known) or self._seen_now(known)

    def _seen_now(self, known: set[psutil.Process]) -> set[psutil.Process]:
        import psutil  # noqa: PLC0415

        found: set[psutil.Process] = set()
        for process in known | self._session():
            with suppress(psutil.Error):
                if process not in found and _runs(process):
                    found.add(process)
                    found.update(child for child in process.children(recursive=True) if _runs(child))
        return found

    def _session(self) -> set[psutil.Process]:
        import psutil  # noqa: PLC0415

        leader = self._process.pid
        if self._process.returncode is not None and _created_at(leader) not in {None, self._created_at}:
            return set()  # The number belongs to another process by now, so nothing is left of the session.
        found = set()
        for pid in psutil.pids():
            with suppress(OSError, psutil.Error):
                if os.getsid(pid) == leader:
                    found.add(psutil.Process(pid))
        return found


def _runs(process: psutil.Process) -> bool:
    import psutil  # noqa: PLC0415

    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _created_at(pid: int) -> float | None:
    import psutil  # noqa: PLC0415

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _signal(processes: set[psutil.Process], number: signal.Signals, leader: int) -> None:
    """Signals processes, those of the leader's group in one go.

    One after the other, a shell might end because its child has ended, before it is asked itself.
    """
    import psutil  # noqa: PLC0415

    own = {process for process in processes if _group_of(process) == leader}
    if own:
        with suppress(OSError):
            os.killpg(leader, number)
    for process in processes - own:
        with suppress(psutil.Error, OSError):
            process.send_signal(number)


def _group_of(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except OSError:
        return None


async def _to_the_end(work: Coroutine[Any, Any, T]) -> tuple[T, bool]:
    """Awaits work that must not be broken off; its result, and whether somebody tried to."""
    task = asyncio.ensure_future(work)
    was_cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            was_cancelled = True
    if was_cancelled and task.exception() is not None:
        raise asyncio.CancelledError from task.exception()
    return task.result(), was_cancelled
