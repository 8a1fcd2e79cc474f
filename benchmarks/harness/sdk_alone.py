"""The baseline of everything that streams: the provider's SDK in a process of its own, which only takes the time.

It sends the provider the same request as the daemon did last, so many at once, and prints a `Streams` as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.harness.arrivals import Arrival, Together, together
from benchmarks.harness.wire import Order

PROVIDERS = {"claude-code": "anthropic", "openai-codex-app-server": "openai"}


@dataclass(frozen=True, slots=True)
class Streams:
    """What some streams at once were like.

    Attributes:
        first_ms: from the request to the first delta, of each stream.
        together: the deltas that arrived while all ran.
        deltas: how many there were in all.
        elapsed_s: from the first request to the last delta.
        cpu_s: what the process computed meanwhile.
    """

    first_ms: list[float]
    together: Together
    deltas: int
    elapsed_s: float
    cpu_s: float


def sdk_alone(url: str, runtime: str, order: Order, at_once: int = 1, rounds: int = 1) -> Streams:
    """Streams with the SDK alone, in a new process that has streamed once before, to be warm."""
    numbers = (order.deltas, order.rate, at_once, rounds)
    command = [sys.executable, "-m", "benchmarks.harness.sdk_alone", url, runtime, *map(str, numbers)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    fields = json.loads(printed)
    return Streams(**{**fields, "together": Together(*fields["together"])})


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("runtime", choices=PROVIDERS)
    for name in ("deltas", "rate", "at_once", "rounds"):
        parser.add_argument(name, type=int)
    arguments = parser.parse_args()
    with urllib.request.urlopen(f"{arguments.url}/last") as response:
        request = json.load(response)
    asyncio.run(_measure(request, arguments))


async def _measure(request: dict[str, Any], arguments: argparse.Namespace) -> None:
    open_stream = _opener(PROVIDERS[arguments.runtime], arguments.url)
    order = Order(arguments.deltas, arguments.rate)
    await _stream(open_stream, _ordering(request, Order(1, 0)), [])
    gc.freeze()  # a full collection in the midst of the streams would flatter the daemon, which has none
    first: list[float] = []
    streams: list[list[Arrival]] = []
    request = _ordering(request, order)
    cpu_before, started_at = _cpu_s(), time.perf_counter()
    for _ in range(arguments.rounds):
        # Staggered as people are, else all streams would tick together.
        gap_s = 1 / order.rate / arguments.at_once if order.rate else 0
        tasks = []
        for _ in range(arguments.at_once):
            tasks.append(asyncio.create_task(_stream(open_stream, request, first)))
            await asyncio.sleep(gap_s)
        streams = await asyncio.gather(*tasks)
    elapsed_s, cpu_s = time.perf_counter() - started_at, _cpu_s() - cpu_before
    deltas = arguments.rounds * sum(map(len, streams))
    print(json.dumps(asdict(Streams(first, together(streams), deltas, elapsed_s, cpu_s))))


async def _stream(
    open_stream: Callable[[dict[str, Any]], AsyncIterator[Any]],
    request: dict[str, Any],
    first: list[float],
) -> list[Arrival]:
    started_at = time.monotonic_ns()
    arrivals: list[Arrival] = []
    async for text in open_stream(request):
        now = time.monotonic_ns()
        if not arrivals:
            first.append((now - started_at) / 1e6)
        arrivals.append(Arrival(now, (now - int(text[:16], 16)) / 1e6))
    return arrivals


def _opener(provider: str, url: str) -> Callable[[dict[str, Any]], AsyncIterator[Any]]:
    if provider == "anthropic":
        from anthropic import AsyncAnthropic  # noqa: PLC0415  (only the one that is measured)

        anthropic = AsyncAnthropic(api_key="sk-ant-benchmark", base_url=url)

        async def of_anthropic(request: dict[str, Any]) -> AsyncIterator[Any]:
            async for event in await anthropic.messages.create(**request):
                if event.type == "content_block_delta":
                    yield event.delta.text

        return of_anthropic
    from openai import AsyncOpenAI  # noqa: PLC0415

    openai = AsyncOpenAI(api_key="sk-benchmark", base_url=f"{url}/v1")

    async def of_openai(request: dict[str, Any]) -> AsyncIterator[Any]:
        async for event in await openai.responses.create(**request):
            if event.type == "response.output_text.delta":
                yield event.delta

    return of_openai


def _ordering(request: dict[str, Any], order: Order) -> dict[str, Any]:
    """The daemon's request with another last message."""
    name = "messages" if "messages" in request else "input"
    message = {"role": "user", "content": str(order)}
    return {**request, name: [*request[name][:-1], message]}


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    _main()
