"""Renderer: has texts rendered by a process that is started when it is needed and ended when it is not, or hangs."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

from daemon.rendering.plain import plain
from daemon.rendering.wire import HEADER, Answer, Block, Question, RenderBlocks, RenderText, answers, packed

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "daemon.rendering.worker")
START_TIMEOUT_S = 20.0
TIMEOUT_S = 2.0
LENGTH_PER_SECOND = 50_000
"""A long text gets a second more for each so many characters."""

IDLE_S = 60.0


class Renderer:
    """Texts as HTML. Used on the loop alone; one text is rendered at a time.

    Args:
        command: the process; see `worker`.
        timeout_s: how long a short text may take.
        idle_s: how long the process waits for another text.
    """

    def __init__(
        self, command: Sequence[str] = COMMAND, *, timeout_s: float = TIMEOUT_S, idle_s: float = IDLE_S
    ) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def html(self, text: str, document: str) -> str:
        """A whole text; as it is where it cannot be rendered. See `markdown.render`."""
        answer = await self._ask(RenderText(text, document))
        return answer.html if answer is not None else plain(text)

    async def blocks(self, text: str, *, is_ended: bool) -> tuple[Block, ...]:
        """The blocks of a text; a closed one, as it is, where it cannot be rendered. See `markdown.blocks`."""
        answer = await self._ask(RenderBlocks(text, is_ended))
        return answer.blocks if answer is not None else (Block(plain(text), len(text), is_closed=True),)

    async def warm_up(self) -> None:
        """Starts the process, so that the first text does not wait for it."""
        await self._ask(RenderBlocks("", is_ended=True))

    async def close(self) -> None:
        """Ends the process for good, whatever it is at."""
        self._is_closed = True
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        async with self._turn:
            await self._end()

    async def _ask(self, question: Question) -> Answer | None:
        async with self._turn:
            if self._is_closed:
                return None
            try:
                answer = await self._answered(question)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                logger.warning("a text of %d characters is shown as it is: %r", len(question.text), error)
                await self._end()
                return None
            except asyncio.CancelledError:
                await self._end()  # its answer would be taken for that of the next question
                raise
            self._rest()
        if answer.problem is not None:
            logger.warning(
                "a text of %d characters is shown as it is: %s", len(question.text), answer.problem
            )
            return None
        return answer

    async def _answered(self, question: Question) -> Answer:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE
            )
            if self._is_closed:  # while it started
                process.kill()
            await _exchange(process, RenderBlocks("", is_ended=True), START_TIMEOUT_S)
        return await _exchange(process, question, self._timeout_s + len(question.text) / LENGTH_PER_SECOND)

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_s, self._close_input)

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None and not self._turn.locked():
            self._process.stdin.close()
            self._process = None

    async def _end(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _exchange(process: Process, question: Question, timeout_s: float) -> Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(timeout_s):
        process.stdin.write(packed(question))
        await process.stdin.drain()
        (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
        return answers.decode(await process.stdout.readexactly(length))
