"""200 turns at once, 50 deltas a second each: all is delivered at the rate at which it is offered, and the API answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.harness.figures import percentile, seconds
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests
from benchmarks.harness.sdk_alone import sdk_alone
from benchmarks.harness.turns import together, warm_conversations
from benchmarks.harness.wire import Order
from tests.daemon_process import DaemonProcess

RUNTIME = "claude-code"
TURNS = 200
ORDER = Order(1_000, 50)
PATH = "/api/permissions"
PAUSE_S = 0.05


def measure(small: bool) -> Sequence[Result]:
    """`together` fails where an event is lost or repeated. The SDK's own rate shows what the machine can do.

    The rate of a turn is taken from its first delta to its last: how fast 200 turns begin is another matter.
    """
    turns, order = (2, Order(10, 50)) if small else (TURNS, ORDER)
    offered = turns * order.rate
    with provider() as model, daemon(provider_url=model.url) as running:
        conversations = warm_conversations(running, RUNTIME, turns)
        spans_s, waits = asyncio.run(while_asked(running, conversations, order))
        alone = sdk_alone(model.url, RUNTIME, order, turns)
    ideal_s = order.deltas / order.rate + 1 / order.rate
    return (
        Result(
            f"{TURNS} turns at 50 deltas/s: delivered",
            sum((order.deltas - 1) / span_s for span_s in spans_s),
            "/s",
            0.97,
            offered,
            "at least",
        ),
        Result("  the SDK alone delivers", offered * ideal_s / alone.elapsed_s, "/s", 0, offered, "at least"),
        Result("  a plain GET meanwhile, p99", percentile(waits, 0.99) * 1000, "ms", 100),
    )


async def while_asked(
    running: DaemonProcess, conversations: Sequence[str], order: Order
) -> tuple[list[float], list[float]]:
    """The seconds from the first delta of each turn to its last, and those that each plain request took meanwhile."""
    over = asyncio.Event()
    with ThreadPoolExecutor(1) as executor:
        asking = asyncio.create_task(_ask(running, executor, over))
        readers, _ = await together(running, conversations, order)
        over.set()
        return [reader.span_s for reader in readers], await asking


async def _ask(running: DaemonProcess, executor: ThreadPoolExecutor, over: asyncio.Event) -> list[float]:
    """One request after the other, in a thread of its own: the readers of this process must not count."""
    loop = asyncio.get_running_loop()
    connection = Requests(running.url, running.token)
    waits: list[float] = []
    while not over.is_set():
        waits.append(await loop.run_in_executor(executor, seconds, lambda: connection.get(PATH)))
        await asyncio.sleep(PAUSE_S)
    connection.close()
    return waits


if __name__ == "__main__":
    main(measure)
