"""The runs of ripgrep behind Grep: one that names the files, and some that search them while they are held open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from actors.tools.base import ToolContext, Workspace
from actors.tools.held_files import MAX_HELD, HeldFiles, can_hold
from actors.tools.ripgrep import TIMEOUT_S, run_ripgrep, without_paths

MAX_OUTPUT_SIZE = 30 * 1024
"""Bytes of what Grep returns."""

_IN_ORDER = ("--sort=path", "--with-filename")


class Search(msgspec.Struct, frozen=True):
    """What is searched for, where, and how it is shown.

    Attributes:
        matching: options that say what matches.
        showing: options that say what is printed of it.
        scope: options that leave files of a folder out.
        target: the folder or file, resolved.
        is_folder: whether it is a folder.
        line_limit: how many lines are wanted; None for as many as there is room for.
    """

    matching: Sequence[str]
    showing: Sequence[str]
    scope: Sequence[str]
    target: Path
    is_folder: bool
    line_limit: int | None


class Found(msgspec.Struct, frozen=True):
    """What ripgrep has printed, at most a little more than is shown, and what it complained about."""

    printed: bytes
    message: str


class _Output:
    """Whole lines, until there are more than are shown."""

    def __init__(self, search: Search, named: Callable[[bytes], bytes] = bytes) -> None:
        self._limit = search.line_limit
        self._rest = b""
        self.named = named
        self.printed = bytearray()

    @property
    def is_full(self) -> bool:
        """Whether there is more than is shown."""
        lines = self._limit
        return len(self.printed) > MAX_OUTPUT_SIZE or (
            lines is not None and self.printed.count(b"\n") > lines
        )

    def take(self, data: bytes) -> bool:
        """Takes a piece; whether more is wanted."""
        lines, end, self._rest = (self._rest + data).rpartition(b"\n")
        self.printed += self.named(lines + end)[: MAX_OUTPUT_SIZE + 1 - len(self.printed)]
        return not self.is_full


async def search_files(search: Search, context: ToolContext) -> Found:
    """Searches; nothing comes back from where a symlink leads that was put on the way meanwhile.

    Raises:
        ToolError: it takes too long, or the one file that is named cannot be read.
    """
    if not can_hold():
        return await _by_path(search, context.workspace)
    deadline = asyncio.get_running_loop().time() + TIMEOUT_S
    output = _Output(search)
    if not search.is_folder:
        message = await _search_held(search, None, output, context, deadline)
        return Found(bytes(output.printed), message)
    names, message = await _names(search, context.workspace)
    while names and not output.is_full:
        batch, names = names[:MAX_HELD], names[MAX_HELD:]
        complaint = await _search_held(search, batch, output, context, deadline)
        message = message or complaint
    return Found(bytes(output.printed), message)


async def _search_held(
    search: Search, names: list[bytes] | None, output: _Output, context: ToolContext, deadline: float
) -> str:
    """Searches these files, or the one that is the target; what ripgrep complained about."""
    workspace = context.workspace
    held = HeldFiles()
    try:
        if names is None:
            await context.in_thread(held.open_one, search.target, workspace.shown(search.target))
        else:
            await context.in_thread(held.open, names, workspace)
        if not held.descriptors:
            return ""
        output.named = held.named
        ended = await run_ripgrep(
            (*_IN_ORDER, *search.matching, *search.showing, "--", *held.paths),
            workspace.root,
            workspace.environment,
            output.take,
            timeout_s=max(1.0, deadline - asyncio.get_running_loop().time()),
            held=held.descriptors,
        )
        return held.explained(ended.message)
    finally:
        held.close()


async def _names(search: Search, workspace: Workspace) -> tuple[list[bytes], str]:
    """Files that seem to have a match, and what ripgrep complained about; as many as can be shown, each with a line."""
    names: list[bytes] = []
    rest = b""
    room = MAX_OUTPUT_SIZE

    def take(data: bytes) -> bool:
        nonlocal rest, room
        *more, rest = (rest + data).split(b"\0")
        if workspace.own_folder is not None:
            more = workspace.own_folder.left_out(workspace.root, more)
        names.extend(more)
        room -= sum(map(len, more)) + len(more)
        return room >= 0 and (search.line_limit is None or len(names) <= search.line_limit)

    arguments = ("--sort=path", "--files-with-matches", "--null", *search.matching, *search.scope)
    ended = await run_ripgrep(
        (*arguments, *_path(search, workspace)), workspace.root, workspace.environment, take
    )
    return names, without_paths(ended.message)


async def _by_path(search: Search, workspace: Workspace) -> Found:
    """In one run, where the system cannot name an open file to another program."""
    output = _Output(search)
    arguments = (*_IN_ORDER, *search.matching, *search.showing, *search.scope, *_path(search, workspace))
    ended = await run_ripgrep(arguments, workspace.root, workspace.environment, output.take)
    return Found(bytes(output.printed), ended.message)


def _path(search: Search, workspace: Workspace) -> tuple[str, ...]:
    # Without a path, ripgrep shows those of the working directory without a leading `./`.
    return () if search.target == workspace.root else ("--", workspace.shown(search.target))
