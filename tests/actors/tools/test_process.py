"""Nothing that a command starts outlives its call, however the call ends."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal

import psutil  # type: ignore[import-untyped, unused-ignore]
import pytest

from actors.tools.shell import Bash
from tests.actors.tools.context import RealContext

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


def bash(context, command, **fields):
    return context.run(Bash(), command=command, **fields)


def is_running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def pids(text: str) -> list[int]:
    found = [int(number) for number in re.findall(r"pid (\d+)", text)]
    assert found
    return found


def running_with(argument: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if argument in " ".join(process.info["cmdline"] or []) and is_running(process.pid)
    ]


async def cancelled_when_ready(context, command: str) -> None:
    """Cancels the command once it has printed `ready`."""
    call = asyncio.ensure_future(context.call(Bash(), command=command))
    await context.printed("ready")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def test_a_command_that_takes_too_long_is_stopped_with_what_it_printed(context):
    result = bash(context, "echo pid $$; sleep 1000", timeout=1000)
    assert result.is_error
    assert result.text.startswith("Stopped after 1,000 ms, the timeout. What it printed until then:\npid ")
    assert not any(map(is_running, pids(result.text)))


def test_who_is_asked_to_end_gets_the_time_for_it(context):
    command = "trap 'echo bye; exit' TERM; sleep 1000 & echo ready; wait"
    asyncio.run(cancelled_when_ready(context, command))
    assert "".join(context.outputs) == "ready\nbye\n"


def test_who_does_not_end_when_asked_is_forced(context):
    loop = "(trap '' TERM; echo pid $BASHPID; echo ready; while :; do sleep 1000; done)"
    asyncio.run(cancelled_when_ready(context, f"trap '' TERM; echo pid $$; {loop} & wait; wait"))
    found = pids("".join(context.outputs))
    assert len(found) == 2
    assert not any(map(is_running, found))


TREE = """
echo pid $$
sleep 1000 & echo pid $!
(sleep 1000 & echo pid $!; sleep 1000) & echo pid $!
setsid sleep 1000 & echo pid $!
setsid bash -c 'sleep 1000 & echo pid $!; wait' & echo pid $!
trap '' TERM
echo all
wait; wait; sleep 1000
"""


@pytest.mark.skipif(shutil.which("setsid") is None, reason="needs setsid")
@pytest.mark.parametrize("times", [1, 3])
def test_cancelling_leaves_no_process_not_even_in_other_sessions(context, times):
    async def cancelled():
        call = asyncio.ensure_future(context.call(Bash(), command=TREE))
        await context.printed("all")
        tree = [int(number) for number in await context.printed(r"pid (\d+)\n", 7)]
        assert all(map(is_running, tree))
        for _ in range(times):
            call.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await call
        return tree

    tree = asyncio.run(cancelled())
    assert len(tree) == 7
    assert not any(map(is_running, tree))


@pytest.mark.parametrize("turns", range(6))
def test_cancelling_at_the_very_start_leaves_no_process(context, turns):
    mark = f"1{os.getpid():010}.{turns}"

    async def cancelled():
        call = asyncio.ensure_future(context.call(Bash(), command=f"sleep {mark} & sleep {mark}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(cancelled())
    assert not running_with(mark)


def test_a_process_in_the_background_neither_hangs_the_call_nor_outlives_it(context):
    result = bash(context, "sleep 1000 & echo pid $!; echo done")
    assert re.fullmatch(
        r"pid \d+\ndone\n\[1 process left in the background stopped when the command ended\.\]", result.text
    )
    assert not result.is_error
    assert not any(map(is_running, pids(result.text)))


def test_a_job_with_a_process_group_of_its_own_does_not_outlive_the_call(context):
    result = bash(context, "set -m; sleep 1000 >/dev/null 2>&1 & echo pid $!")
    assert "[1 process left in the background stopped" in result.text
    assert not any(map(is_running, pids(result.text)))


@pytest.mark.skipif(shutil.which("setsid") is None, reason="needs setsid")
def test_a_daemon_that_holds_the_pipe_does_not_hang_the_call(context):
    command = "mkfifo up; (setsid bash -c 'echo pid $$; echo >up; exec sleep 1000' &); read <up; echo done"
    result = bash(context, command)
    try:
        assert "done" in result.text
    finally:
        for pid in filter(is_running, pids(result.text)):
            psutil.Process(pid).send_signal(signal.SIGKILL)


def test_an_error_of_those_who_follow_stops_the_command(context):
    def fails(text):
        raise RuntimeError(text)

    context.output = fails
    mark = f"2{os.getpid():010}"
    with pytest.raises(RuntimeError, match="xxx"):
        bash(context, f"head -c 20000 /dev/zero | tr '\\0' x; sleep {mark}; true")
    assert not running_with(mark)
