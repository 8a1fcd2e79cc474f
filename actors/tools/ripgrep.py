"""Finding and running ripgrep, which does the searching."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from actors.tools.base import ToolError

TIMEOUT_S = 30.0
_ERROR = 2
_OF_A_FILE = "(os error"
_READ_SIZE = 64 * 1024
_MAX_MESSAGE_SIZE = 4096
_PROGRAM = "rg.exe" if os.name == "nt" else "rg"

# Files that git ignores stay out even where there is no repository yet; .git itself is never of interest.
_ALWAYS = ("--no-config", "--hidden", "--no-require-git", "--color=never")


class Ended(msgspec.Struct, frozen=True):
    """How a run of ripgrep ended.

    Attributes:
        exit_code: 0 found, 1 nothing found, 2 an error (there may be results all the same); None when it was
            stopped because nobody wanted more.
        message: what went wrong, where the exit code is 2.
    """

    exit_code: int | None
    message: str


def find_ripgrep(
    executable: str = sys.executable, distribution: str = "ripgrep", search_path: str | None = None
) -> Path:
    """The program: of this environment, else of the PATH.

    Args:
        executable: the Python whose folder is looked in first.
        distribution: the installed package that brings it.
        search_path: used instead of the PATH.

    Raises:
        ToolError: it is not installed.
    """
    beside = Path(executable).parent / _PROGRAM
    if beside.is_file():
        return beside
    import importlib.metadata  # noqa: PLC0415  (5 ms, for a place that hardly ever has to be looked in)

    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        packaged = Path(str(file.locate()))
        if file.name == _PROGRAM and packaged.is_file():
            return packaged
    if found := shutil.which(_PROGRAM, path=search_path):
        return Path(found)
    raise ToolError(
        "Searching needs ripgrep, which is missing. A person can install it: `pip install ripgrep` into the"
        " environment of stagent, or the system's package."
    )


def without_paths(complaint: str) -> str:
    """What it complained about, without the names of files: they may be of where a symlink led just then."""
    return "Some files could not be read." if _OF_A_FILE in complaint else complaint


async def run_ripgrep(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    take: Callable[[bytes], bool],
    *,
    timeout_s: float = TIMEOUT_S,
    held: Sequence[int] = (),
) -> Ended:
    """Runs ripgrep and hands over what it prints, piece by piece, until `take` returns False.

    Args:
        arguments: the options and paths.
        folder: its working directory.
        environment: its environment variables.
        take: gets each piece; returns whether it wants more.
        timeout_s: seconds after which it is stopped.
        held: descriptors of files that it is given.

    Raises:
        ToolError: it is missing, cannot be started, or takes too long.
    """
    program = find_ripgrep()
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *_ALWAYS,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env=dict(environment),
            pass_fds=held,
        )
    except (OSError, ValueError) as error:
        raise ToolError(f"The search cannot be started: {error}") from error
    assert process.stdout is not None
    assert process.stderr is not None
    saying = asyncio.ensure_future(_message(process.stderr))
    try:
        async with asyncio.timeout(timeout_s):
            while data := await process.stdout.read(_READ_SIZE):
                if not take(data):
                    return Ended(None, "")
            exit_code = await process.wait()
            return Ended(exit_code, await saying if exit_code == _ERROR else "")
    except TimeoutError as error:
        raise ToolError(
            f"The search took longer than {timeout_s:g} s. Narrow it: a folder, a glob, a type."
        ) from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        # Some versions of asyncio see the end of a process only after the end of its pipes.
        while await process.stdout.read(_READ_SIZE):
            pass
        await asyncio.wait({saying})
        await process.wait()


async def _message(errors: asyncio.StreamReader) -> str:
    kept = b""
    while data := await errors.read(_READ_SIZE):
        kept += data[: _MAX_MESSAGE_SIZE - len(kept)]
    return kept.decode("utf-8", "replace").strip()
