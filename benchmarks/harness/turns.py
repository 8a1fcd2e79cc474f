"""Turns of a daemon as they are measured: so many at once, each in a conversation of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from benchmarks.harness.arrivals import together
from benchmarks.harness.processes import cpu_s
from benchmarks.harness.reader import StreamReader
from benchmarks.harness.reader import Streams as Readers
from benchmarks.harness.sdk_alone import Streams
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

DEADLINE_S = 120.0
WARM_UP = Order(1, 0)


def warm_conversations(running: DaemonProcess, runtime: str, count: int) -> list[str]:
    """Conversations that have had one turn, so that everything is imported, connected and open."""
    conversations = [running.client.new(runtime) for _ in range(count)]
    asyncio.run(run_turns(running, conversations, WARM_UP))
    return conversations


def streams(running: DaemonProcess, conversations: Sequence[str], order: Order) -> Streams:
    """One turn in each of the conversations at once, and what they were like."""
    cpu_before = cpu_s(running.pid)
    readers, elapsed_s = asyncio.run(run_turns(running, conversations, order))
    return Streams(
        [reader.first_ms for reader in readers if reader.first_ms is not None],
        together([reader.arrivals for reader in readers]),
        sum(len(reader.arrivals) for reader in readers),
        elapsed_s,
        cpu_s(running.pid) - cpu_before,
    )


async def run_turns(
    running: DaemonProcess, conversations: Sequence[str], order: Order
) -> tuple[list[StreamReader], float]:
    """One turn in each of the conversations, to their ends; the seconds that it took.

    Raises:
        AssertionError: a turn failed, or lacked or repeated an event.
    """
    loop = asyncio.get_running_loop()
    opener = Readers(running.url, running.token)
    gap_s = 1 / order.rate / len(conversations) if order.rate else 0
    started_at = loop.time()
    readers = []
    for conversation in conversations:
        readers.append(await opener.post(conversation, str(order)))
        await asyncio.sleep(gap_s)
    async with asyncio.timeout(DEADLINE_S):
        ends = await asyncio.gather(*(reader.ended for reader in readers))
    elapsed_s = loop.time() - started_at
    assert set(ends) == {"done"}, ends
    for reader in readers:
        reader.close()
        assert reader.is_without_gaps, "an event was lost or repeated"
        assert len(reader.arrivals) == order.deltas, f"{len(reader.arrivals)} deltas came"
    return readers, elapsed_s
