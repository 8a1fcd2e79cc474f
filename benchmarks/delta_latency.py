"""The age of a delta when it arrives, at 50 deltas a second and 1, 20 and 50 turns at once; against the SDK alone."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.figures import percentile
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.sdk_alone import sdk_alone
from benchmarks.harness.turns import streams, warm_conversations
from benchmarks.harness.wire import Order

RUNTIME = "claude-code"
RATE = 50
AT_ONCE = (1, 20, 50)
BARS = (("p50", 0.5, 2.5), ("p99", 0.99, 4.0))


def measure(small: bool) -> Sequence[Result]:
    """The stretches of the daemon and of the SDK take turns. What counts is the time in which all turns run."""
    parts, order = (1, Order(5, RATE)) if small else (2, Order(3 * RATE, RATE))
    results: list[Result] = []
    with provider() as model, daemon(provider_url=model.url) as running:
        for at_once in AT_ONCE[:1] if small else AT_ONCE:
            conversations = warm_conversations(running, RUNTIME, at_once)
            figures: list[float] = []
            baselines: list[float] = []
            for _ in range(parts):
                figures += streams(running, conversations, order).together.ages_ms
                baselines += sdk_alone(model.url, RUNTIME, order, at_once).together.ages_ms
            for name, share, bar in BARS:
                what = f"latency of a delta, {at_once} turns at once, {name}"
                baseline = percentile(baselines, share)
                results.append(Result(what, percentile(figures, share), "ms", bar, baseline))
    return results


if __name__ == "__main__":
    main(measure)
