"""200 turns at once, 50 deltas a second each: all is delivered at the rate at which it is offered, and the API answers.

The rate is taken over 20 seconds in which all turns run, and so are the answers; how long it takes until all run is a
row of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.harness.arrivals import LONGEST_S, Together, together
from benchmarks.harness.figures import percentile, seconds
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests
from benchmarks.harness.sdk_alone import sdk_alone
from benchmarks.harness.turns import run_turns, warm_conversations
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

RUNTIME = "claude-code"
TURNS = 200
ORDER = Order(1_250, 50)
PATH = "/api/permissions"
PAUSE_S = 0.05

ALL_RUN_AFTER_S = ORDER.deltas / ORDER.rate - LONGEST_S
"""Later, there would be no 20 seconds in which all run."""


def measure(small: bool) -> Sequence[Result]:
    """`run_turns` fails where an event is lost or repeated. The SDK's own rate shows what the machine can do."""
    turns, order = (2, Order(10, 50)) if small else (TURNS, ORDER)
    offered = turns * order.rate
    with provider() as model, daemon(provider_url=model.url) as running:
        conversations = warm_conversations(running, RUNTIME, turns)
        all_ran, start_s, waits = asyncio.run(while_asked(running, conversations, order))
        alone = sdk_alone(model.url, RUNTIME, order, turns).together
    assert small or min(all_ran.span_s, alone.span_s) == LONGEST_S, f"all ran for {all_ran.span_s} s only"
    return (
        Result(f"{TURNS} turns at 50 deltas/s: delivered", all_ran.rate, "/s", 0.97, offered, "at least"),
        Result("  the SDK alone delivers", alone.rate, "/s", 0, offered, "at least"),
        Result("  a plain GET meanwhile, p99", percentile(waits, 0.99) * 1000, "ms", 100),
        Result("  until all of them run", start_s, "s", ALL_RUN_AFTER_S),
    )


async def while_asked(
    running: DaemonProcess, conversations: Sequence[str], order: Order
) -> tuple[Together, float, list[float]]:
    """The time in which all ran, the seconds before it, and those that each plain request took within it."""
    over = asyncio.Event()
    with ThreadPoolExecutor(1) as executor:
        asking = asyncio.create_task(_ask(running, executor, over))
        began_ns = time.monotonic_ns()
        readers, _ = await run_turns(running, conversations, order)
        over.set()
        all_ran = together([reader.arrivals for reader in readers])
        waits = [wait_s for at_ns, wait_s in await asking if all_ran.covers(at_ns)]
        return all_ran, (all_ran.start_ns - began_ns) / 1e9, waits


async def _ask(
    running: DaemonProcess, executor: ThreadPoolExecutor, over: asyncio.Event
) -> list[tuple[int, float]]:
    """When each request began and how long it took, one after the other.

    In a thread of its own: the readers of this process must not count.
    """
    loop = asyncio.get_running_loop()
    connection = Requests(running.url, running.token)
    waits: list[tuple[int, float]] = []
    while not over.is_set():
        began_ns = time.monotonic_ns()
        waits.append((began_ns, await loop.run_in_executor(executor, seconds, lambda: connection.get(PATH))))
        await asyncio.sleep(PAUSE_S)
    connection.close()
    return waits


if __name__ == "__main__":
    main(measure)
