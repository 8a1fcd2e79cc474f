"""What a conversation costs in memory: nothing while it is only stored, little while open, and while a turn runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.harness.data import SIZES, data
from benchmarks.harness.processes import daemon, memory_mb, provider
from benchmarks.harness.reader import Streams
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests
from benchmarks.harness.turns import DEADLINE_S, warm_conversations
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

RUNTIME = "claude-code"
COUNT = 200
WARM_UPS = 3
"""Times so many, before it is measured: threads, connections and the room of so many turns at once come to stay."""
ROUNDS = 2
LONG_TURN = Order(1_000, 2)
DELTAS_SEEN = 4
LISTS = 20
KB_A_MB = 1_000


def measure(small: bool) -> Sequence[Result]:
    """The same daemon is looked at with none, some and all of them open, then with a turn in each."""
    count = 3 if small else COUNT
    with provider() as model, daemon(provider_url=model.url) as running:
        for _ in range(WARM_UPS):
            warm_conversations(running, RUNTIME, count)
        before = memory_mb(running.pid)
        for _ in range(ROUNDS):
            conversations = warm_conversations(running, RUNTIME, count)
        idle_kb = (memory_mb(running.pid) - before) * KB_A_MB / (ROUNDS * count)
        running_kb = asyncio.run(with_turns(running, conversations))
    stored_kb = 0.0 if small else stored()
    return (
        Result("memory a conversation, stored", max(0.0, stored_kb), "KB", 0.01),
        Result("memory a conversation, open and idle", max(0.0, idle_kb), "KB", 40),
        Result("memory a conversation, running a turn", max(0.0, running_kb), "KB", 200),
    )


def stored() -> float:
    """By how many KB a daemon with 100,000 conversations is larger than one with 1,000, for each."""
    sizes = (SIZES[0], SIZES[-1])
    least, most = (memory_after_lists(data(size).folder.root) for size in sizes)
    return (most - least) * KB_A_MB / (data(sizes[1]).conversations - data(sizes[0]).conversations)


def memory_after_lists(folder: Path) -> float:
    """Of a daemon that has shown the list a few times, in MB."""
    with daemon(folder) as running, closing(Requests(running.url, running.token)) as connection:
        for _ in range(LISTS):
            connection.get("/api/chat/conversations?limit=50")
        return memory_mb(running.pid)


async def with_turns(running: DaemonProcess, conversations: Sequence[str]) -> float:
    """What a turn in each of the conversations adds, in KB for each; the connection to the provider is part of it."""
    opener = Streams(running.url, running.token)
    before = memory_mb(running.pid)
    readers = [await opener.post(conversation, str(LONG_TURN)) for conversation in conversations]
    async with asyncio.timeout(DEADLINE_S):
        # The readers of so many streams have no event in common.
        while any(len(reader.arrivals) < DELTAS_SEEN for reader in readers):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    highest = memory_mb(running.pid)
    for conversation, reader in zip(conversations, readers, strict=True):
        running.client.cancel(conversation)
        reader.close()
    return (highest - before) * KB_A_MB / len(conversations)


if __name__ == "__main__":
    main(measure)
