"""An hour of mixed use squeezed into three minutes: memory stays flat, and nothing is left behind."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import psutil

from benchmarks.harness.processes import daemon, memory_mb, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.turns import run_turns
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

DURATION_S = 180.0
WARM_UP_S = 15.0
CROWD = 8
AT_ONCE = 2
ORDERS = (Order(40, 100), Order(150, 0), Order(10, 50))
RUNTIMES = ("claude-code", "openai-codex-app-server")
ALLOWED = ("Bash", "CreateTask")
COMMANDS = ("run echo hello && seq 1 200", "projects", "help", "task water the plants")
SAMPLE_S = 1.0
IDLE_S = 1.0
SETTLING_S = 4 * IDLE_S
IDLE_DEADLINE_S = 30.0


class Held(NamedTuple):
    """What a process holds."""

    files: int
    threads: int
    children: int


def measure(small: bool) -> Sequence[Result]:
    """What the daemon holds is compared between two moments at which nobody uses it."""
    duration_s, warm_up_s = (1.0, 0.5) if small else (DURATION_S, WARM_UP_S)
    with (
        provider() as model,
        daemon(provider_url=model.url, STAGENT_IDLE_TIMEOUT_SECONDS=str(IDLE_S)) as running,
    ):
        for pattern in ALLOWED:
            running.client.post("/api/permissions", {"pattern": pattern, "behavior": "allow"})
        # More people than later: pools of threads begin one only where all of theirs are busy, and keep it.
        asyncio.run(use(running, warm_up_s, AT_ONCE if small else CROWD))
        before = at_rest(running, IDLE_S if small else SETTLING_S)
        samples = asyncio.run(use(running, duration_s))
        after = at_rest(running, SETTLING_S if small else IDLE_DEADLINE_S, before)
    third = len(samples) // 3
    middle, last = statistics.median(samples[third : 2 * third]), statistics.median(samples[-third:])
    return (
        Result("an hour of mixed use: memory of the last third", last, "MB", 1.03, middle),
        Result("  file handles left behind", max(0, after.files - before.files), "", 0),
        Result("  threads left behind", max(0, after.threads - before.threads), "", 0),
        Result("  processes left behind", max(0, after.children - before.children), "", 0),
    )


async def use(running: DaemonProcess, duration_s: float, at_once: int = AT_ONCE) -> list[float]:
    """Uses the daemon for so long, so many people at once; its memory from second to second, in MB."""
    until = time.monotonic() + duration_s
    with ThreadPoolExecutor(at_once) as people:
        loop = asyncio.get_running_loop()
        uses = [loop.run_in_executor(people, person, running, number, until) for number in range(at_once)]
        samples = [memory_mb(running.pid)] * 3
        while time.monotonic() < until:
            await asyncio.sleep(min(SAMPLE_S, duration_s / 10))
            samples.append(memory_mb(running.pid))
        await asyncio.gather(*uses)
    return samples


def person(running: DaemonProcess, number: int, until: float) -> None:
    """One who starts conversations, reads, searches, runs commands, stops answers, and throws away."""
    api = running.client
    for turn in itertools.count(number):
        conversation = api.new(RUNTIMES[turn % len(RUNTIMES)])
        order = ORDERS[turn % len(ORDERS)]
        asyncio.run(run_turns(running, [conversation, api.new(RUNTIMES[0])], order))
        if turn % 5 == 0:
            with api.send(conversation, str(Order(1_000, 20))) as stream:
                stream.until("delta")
                api.cancel(conversation)
                stream.end()
        offline = api.new()
        api.ask(offline, COMMANDS[turn % len(COMMANDS)])
        api.messages(conversation, limit=50)
        api.get("/api/chat/search", q="some words")
        api.get("/api/chat/entities/search", q="wat")
        for row in api.get("/api/chat/conversations", limit=20):
            if row["turn"] == "idle" and row["id"] in {conversation, offline}:
                api.delete(f"/api/chat/conversations/{row['id']}")
        if time.monotonic() > until:
            return


def at_rest(running: DaemonProcess, deadline_s: float, wanted: Held | None = None) -> Held:
    """What is held once all conversations are closed: the least that is seen, of each, until it is no more than wanted."""
    process = psutil.Process(running.pid)
    deadline = time.monotonic() + deadline_s
    least = held(process)
    while time.monotonic() < deadline and not (wanted and is_within(least, wanted)):
        time.sleep(IDLE_S / 4)
        least = Held(*map(min, least, held(process)))
    return least


def held(process: psutil.Process) -> Held:
    """What is held now."""
    return Held(process.num_fds(), process.num_threads(), len(process.children(recursive=True)))


def is_within(least: Held, wanted: Held) -> bool:
    """Whether nothing more is held than wanted."""
    return all(one <= other for one, other in zip(least, wanted, strict=True))


if __name__ == "__main__":
    main(measure)
