"""One turn of 5,000 deltas that come without pause: so many a second, against the SDK's own pace."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.figures import in_turn
from benchmarks.harness.processes import daemon, provider
from benchmarks.harness.report import Result, main
from benchmarks.harness.sdk_alone import PROVIDERS, sdk_alone
from benchmarks.harness.turns import streams, warm_conversations
from benchmarks.harness.wire import Order

DELTAS = 5_000


def measure(small: bool) -> Sequence[Result]:
    """Both providers, each read to the end of its turn."""
    order, runs = (Order(100, 0), 1) if small else (Order(DELTAS, 0), 5)
    return [of_provider(runtime, order, runs) for runtime in PROVIDERS]


def of_provider(runtime: str, order: Order, runs: int) -> Result:
    """The median of some turns, each in a conversation of its own."""
    with provider() as model, daemon(provider_url=model.url) as running:
        conversations = warm_conversations(running, runtime, runs)
        figure, baseline = in_turn(
            lambda: order.deltas / streams(running, [conversations.pop()], order).elapsed_s,
            lambda: order.deltas / sdk_alone(model.url, runtime, order).elapsed_s,
            runs,
        )
    return Result(
        f"{order.deltas:,} deltas without pause, {PROVIDERS[runtime]}",
        figure,
        "/s",
        0.6,
        baseline,
        "at least",
    )


if __name__ == "__main__":
    main(measure)
