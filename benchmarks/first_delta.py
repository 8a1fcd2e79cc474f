"""From the POST of a message to its first delta, warm, when the provider answers at once; against the SDK alone."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.figures import percentile
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.sdk_alone import sdk_alone
from benchmarks.harness.turns import streams, warm_conversations
from benchmarks.harness.wire import Order

RUNTIME = "claude-code"
ORDER = Order(1, 0)
PARTS = 3


def measure(small: bool) -> Sequence[Result]:
    """One message after the other, each in a conversation that has had one turn."""
    parts, turns = (1, 3) if small else (PARTS, 100)
    figures: list[float] = []
    baselines: list[float] = []
    with provider() as model, daemon(provider_url=model.url) as running:
        for _ in range(parts):
            # One after the other, as a person talks: at once they would leave a connection each to look through.
            for _ in range(turns):
                (conversation,) = warm_conversations(running, RUNTIME, 1)
                figures += streams(running, [conversation], ORDER).first_ms
            baselines += sdk_alone(model.url, RUNTIME, ORDER, rounds=turns).first_ms
    return [
        Result(
            f"POST to first delta, {name}",
            percentile(figures, share),
            "ms",
            bar,
            percentile(baselines, share),
        )
        for name, share, bar in (("p50", 0.5, 3.0), ("p99", 0.99, 4.0))
    ]


if __name__ == "__main__":
    main(measure)
