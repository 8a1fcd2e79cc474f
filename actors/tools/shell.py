"""Bash: runs a command line in the working directory, live, bounded in time and output."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from actors.tools.base import (
    StructTool,
    Subject,
    Text,
    ToolContext,
    ToolError,
    ToolInput,
    ToolResult,
    Workspace,
)
from actors.tools.command_output import BoundedText, OutputDecoder
from actors.tools.live_output import LiveOutput
from actors.tools.process import READ_SIZE, ProcessGroup
from actors.tools.summaries import one_line

DEFAULT_TIMEOUT_MS = 120_000
MAX_TIMEOUT_MS = 600_000
MAX_COMMAND_LENGTH = 100_000
"""Characters. Linux takes 128 KB as one argument, and judging a long line takes the rules a while."""

_DRAIN_S = 0.2
"""How long output is still read after the shell has ended, if a process in the background holds the pipe."""

# Nobody is there to answer a prompt or to leave a pager.
_ENVIRONMENT = {
    "STAGENT": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "TERM": "dumb",
    "NO_COLOR": "1",
}


class BashInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to run."""

    command: Annotated[
        str,
        Meta(
            min_length=1,
            description="The command line, as bash reads it.",
            extra_json_schema={"maxLength": MAX_COMMAND_LENGTH},
        ),
    ]
    timeout: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_TIMEOUT_MS)] | None,
        Meta(description="Milliseconds after which it is stopped: 120000 if left out, at most 600000."),
    ] = None
    description: Annotated[
        str | None, Meta(description="What the command does, in a few words, for the person who follows.")
    ] = None


class Bash(StructTool[BashInput]):
    """Runs a command line."""

    name: ClassVar[str] = "Bash"
    description: ClassVar[str] = (
        "Runs a command line with bash in the working directory, each time in a new shell: `cd` and variables do"
        " not last. Returns standard output and standard error together, the first and the last 15 KB if there is"
        " more, and the exit code if it is not 0. There is no terminal and no standard input, so nothing can be"
        " asked. Processes left in the background are stopped when the command ends. Use Read, Edit, Write, Glob"
        " and Grep for files rather than cat, sed, find and grep."
    )
    input_type = BashInput
    only_reads: ClassVar[bool] = False

    def parse(self, raw: Any) -> BashInput:
        """See `StructTool.parse`."""
        parsed = super().parse(raw)
        if len(parsed.command) > MAX_COMMAND_LENGTH:
            raise ToolError(
                f"The command has {len(parsed.command):,} characters; {MAX_COMMAND_LENGTH:,} are allowed. "
                "Write the data or the script to a file with Write, and name that file in the command."
            )
        return parsed

    def subject(self, tool_input: BashInput, workspace: Workspace) -> Subject:
        """The command line."""
        return Subject(self.name, workspace.root, command=tool_input.command)

    def summary(self, tool_input: BashInput, workspace: Workspace) -> str:  # noqa: ARG002
        """The first line of the command."""
        return one_line(tool_input.command)

    def diff(self, tool_input: BashInput, workspace: Workspace) -> None:
        """What a command changes is not known before."""

    async def run(self, tool_input: BashInput, context: ToolContext) -> ToolResult:
        """The output, after the end of the command and of all that it started."""
        group = await _start(tool_input.command, context.workspace)
        timeout_ms = tool_input.timeout or DEFAULT_TIMEOUT_MS
        output = _Output(context)
        reading = asyncio.ensure_future(_read(group, output))
        exiting = asyncio.ensure_future(group.wait())
        try:
            exit_code = await _exit_code(exiting, reading, timeout_ms / 1000)
            if exit_code is not None:
                await asyncio.wait({reading}, timeout=_DRAIN_S)
        finally:
            try:
                stopped_count = await group.stop()
                if stopped_count:
                    await asyncio.wait({reading}, timeout=_DRAIN_S)
            finally:
                exiting.cancel()
                reading.cancel()
                group.close()
                output.finish()
        if reading.done():
            reading.result()
        return _result(output.kept.text(), exit_code, timeout_ms, stopped_count)


class _Output:
    """Where the bytes of a command go: to the people who follow, and into the result."""

    def __init__(self, context: ToolContext) -> None:
        self.kept = BoundedText()
        self._decoder = OutputDecoder()
        self._live = LiveOutput(context.output)

    def take(self, data: bytes, *, is_last: bool = False) -> None:
        if text := self._decoder.feed(data, is_last=is_last):
            self.kept.add(text)
            self._live.add(text)

    def finish(self) -> None:
        self.take(b"", is_last=True)
        self._live.close()


async def _start(command: str, workspace: Workspace) -> ProcessGroup:
    if os.name != "posix":
        raise ToolError("Bash needs Linux or macOS; there is no shell for it on this system.")
    if "\0" in command:
        raise ToolError("The command holds a NUL character.")
    if not workspace.root.is_dir():
        raise ToolError(f"The working directory {workspace.root} does not exist (any more).")
    # A relative entry would be looked up in the folder of the daemon and run in that of the workspace.
    entries = workspace.environment.get("PATH", os.defpath).split(os.pathsep)
    search_path = os.pathsep.join(filter(os.path.isabs, entries))
    shell = shutil.which("bash", path=search_path) or shutil.which("sh", path=search_path)
    if shell is None:
        raise ToolError(f"Neither bash nor sh was found on the PATH: {search_path or '(empty)'}")
    try:
        # Without `--`, a command that begins with a dash would be taken for an option.
        return await ProcessGroup.start(
            (shell, "-c", "--", command), workspace.root, {**workspace.environment, **_ENVIRONMENT}
        )
    except UnicodeEncodeError as error:
        raise ToolError(
            "The command holds a character that cannot be passed on (a lone surrogate)."
        ) from error
    except OSError as error:
        raise ToolError(f"The command cannot be started: {error.strerror or error}.") from error


async def _exit_code(
    exiting: asyncio.Future[int], reading: asyncio.Future[None], timeout_s: float
) -> int | None:
    """The exit code, or None after the timeout. An error in the reading ends the wait at once."""
    now = asyncio.get_running_loop().time
    deadline = now() + timeout_s
    both: set[asyncio.Future[Any]] = {exiting, reading}
    await asyncio.wait(both, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    if reading.done():
        reading.result()
        # A program may close its output and go on.
        await asyncio.wait({exiting}, timeout=max(0.0, deadline - now()))
    return exiting.result() if exiting.done() else None


async def _read(group: ProcessGroup, output: _Output) -> None:
    while data := await group.output.read(READ_SIZE):
        output.take(data)


def _result(output: str, exit_code: int | None, timeout_ms: int, stopped_count: int) -> ToolResult:
    lines = []
    if exit_code is None:
        lines.append(f"Stopped after {timeout_ms:,} ms, the timeout. What it printed until then:")
    elif exit_code < 0:
        # Shells report a signal as 128 + its number.
        lines.append(f"Exit code {128 - exit_code} (ended by {signal.Signals(-exit_code).name})")
    elif exit_code > 0:
        lines.append(f"Exit code {exit_code}")
    lines.append(output.rstrip("\n") or "(no output)")
    if exit_code is not None and stopped_count:
        what = "process" if stopped_count == 1 else "processes"
        lines.append(f"[{stopped_count} {what} left in the background stopped when the command ended.]")
    return ToolResult((Text("\n".join(lines)),), is_error=exit_code != 0)
