"""The process of an MCP server: lines in, lines out, the last words of its standard error, and its end.

It runs under `supervisor.py`, so that nothing of it outlives the daemon.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

from actors.errors import ServerFailedError
from actors.mcp import supervisor
from actors.mcp.config import Program
from actors.tools.command_output import OutputDecoder

READ_SIZE = 64 * 1024
MAX_LINE_SIZE = 16 * 1024 * 1024
"""Bytes of one message; an image takes a third more than its file."""

KEPT_LINES = 20
KEPT_LINE_LENGTH = 500
STOP_LIMIT_S = supervisor.LIMIT_S + 0.5

_BREATH_S = 0.01
"""Pause after a full read: a server that floods waits for us, not we for it."""


class ServerProcess:
    """A server that runs. Made by `start`; belongs to the event loop on which it was started.

    Attributes:
        exit_code: of the server, once it has ended.
    """

    def __init__(self, process: asyncio.subprocess.Process, life: int) -> None:
        self.exit_code: int | None = None
        self._process = process
        self._life: int | None = life
        self._words: deque[str] = deque(maxlen=KEPT_LINES)
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, program: Program, environment: Mapping[str, str]) -> ServerProcess:
        """Starts a program.

        Args:
            program: what to start.
            environment: of all processes of agents; the program's own variables come on top.

        Raises:
            ServerFailedError: it cannot be started.
        """
        if os.name != "posix":
            raise ServerFailedError(
                "A server that is a program needs Linux or macOS; here, use one with a `url`."
            )
        variables = {**environment, **dict(program.variables)}
        path = await asyncio.to_thread(_found, program, variables.get("PATH", os.defpath))
        end, life = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", supervisor.__file__, str(end), path, *program.arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=program.folder,
                env=variables,
                limit=READ_SIZE,
                pass_fds=(end,),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            os.close(life)
            reason = getattr(error, "strerror", None) or error
            raise ServerFailedError(f"It cannot be started: {reason}.") from error
        except BaseException:
            os.close(life)
            raise
        finally:
            os.close(end)
        return cls(process, life)

    @property
    def pid(self) -> int:
        """The process that watches over the server."""
        return self._process.pid

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines that it wrote to standard error."""
        return tuple(self._words)

    async def lines(self) -> AsyncIterator[bytes]:
        """What it writes to standard output, line by line, to the end.

        Raises:
            ServerFailedError: a line is too long.
        """
        assert self._process.stdout is not None
        rest = bytearray()
        while chunk := await self._process.stdout.read(READ_SIZE):
            *whole, last = chunk.split(b"\n")
            for part in whole:
                rest += part
                yield bytes(rest)
                rest.clear()
            rest += last
            if len(rest) > MAX_LINE_SIZE:
                raise ServerFailedError(f"It sent a message of more than {MAX_LINE_SIZE:,} bytes.")
            if len(chunk) >= READ_SIZE:
                await asyncio.sleep(0)

    async def send(self, line: bytes) -> None:
        """Writes a line to its standard input; waits while it does not read. Raises OSError when it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        await self._process.stdin.drain()

    async def wait(self) -> None:
        """Waits for its end, and for what it had still to say."""
        self.exit_code = await self._process.wait()
        await asyncio.wait({self._listening}, timeout=supervisor.GRACE_S)

    async def stop(self) -> None:
        """Ends it with all that it started. Once begun, this happens also if nobody waits for it."""
        self.let_go()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), STOP_LIMIT_S)
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._listening.cancel()

    def let_go(self) -> None:
        """Tells the supervisor to end it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._life is not None:
            os.close(self._life)
            self._life = None

    async def _listen(self) -> None:
        """Keeps the last lines of standard error, whatever it writes."""
        assert self._process.stderr is not None
        decoder = OutputDecoder()
        rest = ""
        while chunk := await self._process.stderr.read(READ_SIZE):
            *lines, rest = (rest + decoder.feed(chunk)).split("\n")
            self._words.extend(line[:KEPT_LINE_LENGTH] for line in lines[-KEPT_LINES:] if line.strip())
            rest = rest[:KEPT_LINE_LENGTH]
            if len(chunk) >= READ_SIZE // 2:
                await asyncio.sleep(_BREATH_S)
        if rest.strip():
            self._words.append(rest)


def _found(program: Program, search_path: str) -> str:
    """The path of the program. Looks at the disk."""
    if not program.folder.is_dir():
        raise ServerFailedError(f"Its folder {program.folder} does not exist.")
    # A relative entry would be looked up in the folder of the daemon and run in that of the server.
    entries = filter(os.path.isabs, search_path.split(os.pathsep))
    command = Path(program.command).expanduser()
    if len(command.parts) > 1:
        found = shutil.which(program.folder / command)
    else:
        found = shutil.which(program.command, path=os.pathsep.join(entries))
    if found is None:
        raise ServerFailedError(
            f"The command {program.command} was not found, or may not be run. Install it, or write its whole path."
        )
    return found
