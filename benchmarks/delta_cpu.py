"""What the daemon computes for a delta when 50 turns stream 50 deltas a second each; against the SDK alone."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.figures import in_turn
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.sdk_alone import Streams, sdk_alone
from benchmarks.harness.turns import streams, warm_conversations
from benchmarks.harness.wire import Order

RUNTIME = "claude-code"
RATE = 50
AT_ONCE = 50


def measure(small: bool) -> Sequence[Result]:
    """User and system time of the whole process."""
    at_once, order, runs = (2, Order(5, RATE), 1) if small else (AT_ONCE, Order(3 * RATE, RATE), 3)
    with provider() as model, daemon(provider_url=model.url) as running:
        conversations = warm_conversations(running, RUNTIME, at_once)
        figure, baseline = in_turn(
            lambda: a_delta_us(streams(running, conversations, order)),
            lambda: a_delta_us(sdk_alone(model.url, RUNTIME, order, at_once)),
            runs,
        )
    return (Result(f"CPU a delta at {AT_ONCE} turns", figure, "µs", 1.6, baseline),)


def a_delta_us(streamed: Streams) -> float:
    """Microseconds of CPU for each delta."""
    return streamed.cpu_s / streamed.deltas * 1e6


if __name__ == "__main__":
    main(measure)
