"""1,000 subscribers on one turn of 500 deltas, 100 of which read nothing: the others get all, and memory stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from benchmarks.harness.processes import daemon, memory_mb, provider
from benchmarks.harness.reader import StreamReader, Streams
from benchmarks.harness.report import Result, main
from benchmarks.harness.turns import DEADLINE_S, warm_conversations
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

RUNTIME = "claude-code"
SUBSCRIBERS = 1_000
SILENT = 100
FLOODED = 20
"""Fewer, since each of them reads tens of thousands of events in the end: a minute for a hundred."""

ORDER = Order(500, 50)
FLOOD = Order(60_000, 0)
"""More than a subscriber may be behind."""


def measure(small: bool) -> Sequence[Result]:
    """First the turn that all follow, then a flood for those who read nothing."""
    count, silent = (20, 2) if small else (SUBSCRIBERS, SILENT)
    with provider() as model, daemon(provider_url=model.url) as running:
        conversation, other = warm_conversations(running, RUNTIME, 2)
        results = asyncio.run(crowd(running, conversation, count, silent, Order(10, 50) if small else ORDER))
        if small:
            return results
        return [*results, asyncio.run(flood(running, other, FLOODED))]


async def crowd(
    running: DaemonProcess, conversation: str, count: int, silent: int, order: Order
) -> list[Result]:
    """One turn with all of them. Those who read nothing come back in the end and get what they missed."""
    opener = Streams(running.url, running.token)
    readers = await subscribe(opener, conversation, count)
    before_mb = highest_mb = memory_mb(running.pid)
    for reader in readers[:silent]:
        reader.pause(for_good=True)
    turn = await opener.post(conversation, str(order))
    async with asyncio.timeout(DEADLINE_S):
        while not all(reader.ended.done() for reader in (turn, *readers[silent:])):
            highest_mb = max(highest_mb, memory_mb(running.pid))
            await asyncio.sleep(0.1)
        assert turn.is_without_gaps
        complete = sum(reader.seqs == turn.seqs for reader in readers[silent:])
        resumed = [await opener.follow(conversation, turn.seqs[0] - 1) for _ in readers[:silent]]
        await asyncio.gather(*(reader.ended for reader in resumed))
    caught_up = sum(reader.seqs == turn.seqs for reader in resumed)
    close(*readers, *resumed, turn)
    return [
        Result(
            f"{count:,} subscribers: with every event", complete, "", count - silent, direction="at least"
        ),
        Result("  that read nothing, and then resumed", caught_up, "", silent, direction="at least"),
        Result("  growth of the daemon's memory", highest_mb - before_mb, "MB", 30),
    ]


async def flood(running: DaemonProcess, conversation: str, silent: int) -> Result:
    """A turn with more events than a subscriber may be behind: whoever reads nothing is dropped."""
    opener = Streams(running.url, running.token)
    readers = await subscribe(opener, conversation, silent)
    for reader in readers:
        reader.pause()
    turn = await opener.post(conversation, str(FLOOD))
    async with asyncio.timeout(DEADLINE_S):
        await turn.ended
        for reader in readers:
            reader.go_on()
        await asyncio.gather(*(reader.ended for reader in readers))
        back = await opener.follow(conversation, readers[0].seqs[-1])
        await back.ended
    assert readers[0].seqs + back.seqs == turn.seqs, "an event was lost or repeated"
    dropped = sum(reader.farewell for reader in readers)
    close(*readers, turn, back)
    return Result("  dropped at their bound in a turn of 60,000", dropped, "", silent, direction="at least")


async def subscribe(opener: Streams, conversation: str, count: int) -> list[StreamReader]:
    """So many who follow already."""
    readers = [await opener.follow(conversation) for _ in range(count)]
    await asyncio.gather(*(reader.opened for reader in readers))
    return readers


def close(*readers: StreamReader) -> None:
    """Reads no more of any."""
    for reader in readers:
        reader.close()


if __name__ == "__main__":
    main(measure)
