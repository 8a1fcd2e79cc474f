"""A command whose output is 100 MB: it streams while the command runs, and memory stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from benchmarks.harness.processes import daemon, memory_mb
from benchmarks.harness.reader import Streams
from benchmarks.harness.report import Result, main
from benchmarks.harness.turns import DEADLINE_S
from tests.daemon_process import DaemonProcess

OUTPUT_MB = 100
COMMAND = "yes 'a line of output that a build might print, again and again' | head -c {size}"


def measure(small: bool) -> Sequence[Result]:
    """The offline agent runs it, allowed by a rule."""
    size_mb = 1 if small else OUTPUT_MB
    with daemon() as running:
        running.client.post("/api/permissions", {"pattern": "Bash", "behavior": "allow"})
        conversation = running.client.new()
        running.client.ask(conversation, "run true")
        growth_mb, events_before_end = asyncio.run(run(running, conversation, size_mb))
    return (
        Result(f"a command that prints {OUTPUT_MB} MB: growth of memory", growth_mb, "MB", 20),
        Result("  events that came before its end", events_before_end, "", 2, direction="at least"),
    )


async def run(running: DaemonProcess, conversation: str, size_mb: int) -> tuple[float, int]:
    """The growth of memory in MB, and how many events came while the command ran."""
    opener = Streams(running.url, running.token)
    before_mb = highest_mb = memory_mb(running.pid)
    reader = await opener.post(conversation, "run " + COMMAND.format(size=size_mb * 1_000_000))
    deadline = time.monotonic() + DEADLINE_S
    seen = 0
    while not reader.ended.done():
        assert time.monotonic() < deadline, "the command does not end"
        highest_mb = max(highest_mb, memory_mb(running.pid))
        seen = len(reader.seqs)
        await asyncio.sleep(0.02)
    assert await reader.ended == "done"
    assert reader.is_without_gaps
    reader.close()
    return highest_mb - before_mb, seen


if __name__ == "__main__":
    main(measure)
