"""A real context for tool calls: files below a folder of the test, threads, and a person who has answers."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from actors.agent_store import AgentStore
from actors.tools.base import Tool, ToolError, ToolResult, Workspace

T = TypeVar("T")


class RealContext:
    """A `ToolContext` that remembers what tools did with it, as a conversation does.

    Tools that look something up need a `store`, which is the test's to set.
    """

    store: AgentStore

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        root = root.resolve()
        own = {"PATH": os.environ["PATH"], "HOME": str(root), "LANG": "C.UTF-8"}
        self.workspace = Workspace(root, own if environment is None else environment)
        self.digests: Mapping[str, str] = {}
        self.outputs: list[str] = []
        self.answers: Mapping[str, str] | ToolError = {}
        self.asked: tuple[Mapping[str, Any], ...] = ()
        self._has_printed: asyncio.Event | None = None

    def output(self, text: str) -> None:
        self.outputs.append(text)
        if self._has_printed is not None:
            self._has_printed.set()

    async def printed(self, pattern: str, count: int = 1) -> list[str]:
        """Waits until the live output holds a regular expression so many times; all matches."""
        async with asyncio.timeout(10):
            while len(found := re.findall(pattern, "".join(self.outputs))) < count:
                self._has_printed = asyncio.Event()
                await self._has_printed.wait()
        return found

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.to_thread(work, *args)

    def ask(self, questions: tuple[Mapping[str, Any], ...]) -> Awaitable[Mapping[str, str]]:
        self.asked = questions
        return self._answer()

    async def _answer(self) -> Mapping[str, str]:
        if isinstance(self.answers, ToolError):
            raise self.answers
        return self.answers

    async def call(self, tool: Tool[Any], **fields: Any) -> ToolResult:
        """Runs a tool as an agent does, and keeps the digests of what it read."""
        result = await tool.run(tool.parse(fields), self)
        known = {**self.digests, **result.digests}
        self.digests = {path: digest for path, digest in known.items() if digest}
        return result

    def run(self, tool: Tool[Any], **fields: Any) -> ToolResult:
        """`call` in an event loop of its own; fails rather than hangs."""
        return asyncio.run(asyncio.wait_for(self.call(tool, **fields), 30))

    def refused(self, tool: Tool[Any], **fields: Any) -> str:
        """The message of a call that must fail."""
        try:
            result = self.run(tool, **fields)
        except ToolError as error:
            return str(error)
        raise AssertionError(f"{tool.name} did not refuse but returned {result.text!r}")


@contextmanager
def without_privileges(*folders: Path) -> Iterator[None]:
    """Runs the block as a user who is not root, who may enter the folders but owns nothing there."""
    if os.geteuid() != 0:
        yield
        return
    changed = [folder for folder in folders if folder.stat().st_mode & 0o055 != 0o055]
    modes = [folder.stat().st_mode for folder in changed]
    for folder in changed:
        folder.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in zip(changed, modes, strict=True):
            folder.chmod(mode)
