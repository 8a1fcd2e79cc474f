from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import psutil

from daemon.rendering.renderer import Renderer

DEADLINE_S = 20.0
HANGS = """
import sys
from daemon.rendering import worker
def answer(question):
    while getattr(question, 'text', '') == 'hang':
        pass
    return known(question)
known, worker.answer = worker.answer, answer
worker.main()
"""


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, DEADLINE_S))


def test_a_text_is_rendered_in_another_process_which_ends_with_the_renderer() -> None:
    async def use() -> None:
        before = children()
        renderer = Renderer()
        assert await renderer.html("*a*", "m-0") == "<p><em>a</em></p>\n"
        (pid,) = children() - before
        assert await renderer.html("b", "m-0") == "<p>b</p>\n"
        assert children() - before == {pid}
        await renderer.close()
        assert children() == before
        assert await renderer.html("<c>", "m-0") == '<pre class="plain">&lt;c&gt;</pre>\n'

    run(use())


def test_a_text_that_takes_too_long_is_shown_as_it_is_and_the_next_one_is_rendered() -> None:
    async def use() -> None:
        renderer = Renderer((sys.executable, "-c", HANGS), timeout_s=0.5)
        assert await renderer.html("hang", "m-0") == '<pre class="plain">hang</pre>\n'
        (block,) = await renderer.blocks("hang", is_ended=False)
        assert (block.html, block.length, block.is_closed) == ('<pre class="plain">hang</pre>\n', 4, True)
        assert await renderer.html("fine", "m-0") == "<p>fine</p>\n"
        await renderer.close()

    run(use())


def test_a_process_that_crashes_is_started_anew() -> None:
    async def use() -> None:
        before = children()
        renderer = Renderer()
        await renderer.warm_up()
        (pid,) = children() - before
        psutil.Process(pid).kill()
        assert "a" in await renderer.html("a", "m-0")
        assert await renderer.html("b", "m-0") == "<p>b</p>\n"
        await renderer.close()

    run(use())


def test_a_process_that_cannot_start_leaves_the_text_as_it_is() -> None:
    async def use() -> None:
        renderer = Renderer(("/nonexistent/program",))
        assert await renderer.html("*a*", "m-0") == '<pre class="plain">*a*</pre>\n'

    run(use())


def test_a_cancelled_question_does_not_shift_the_answers() -> None:
    async def use() -> None:
        renderer = Renderer()
        await renderer.warm_up()
        asked = asyncio.create_task(renderer.html("first " * 10_000, "m-0"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert await renderer.html("second", "m-0") == "<p>second</p>\n"
        await renderer.close()

    run(use())


def test_an_end_waits_for_no_text() -> None:
    async def use() -> None:
        before = children()
        renderer = Renderer((sys.executable, "-c", HANGS), timeout_s=600)
        await renderer.warm_up()
        asked = asyncio.create_task(renderer.html("hang", "m-0"))
        await asyncio.sleep(0)
        await renderer.close()
        assert await asked == '<pre class="plain">hang</pre>\n'
        assert children() == before

    run(use())


def test_an_idle_process_ends() -> None:
    async def use() -> None:
        before = children()
        renderer = Renderer(idle_s=0.01)
        await renderer.html("a", "m-0")
        (pid,) = children() - before
        await asyncio.to_thread(psutil.Process(pid).wait, DEADLINE_S)
        assert await renderer.html("b", "m-0") == "<p>b</p>\n"
        await renderer.close()

    run(use())
