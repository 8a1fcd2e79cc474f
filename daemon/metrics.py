"""What `/metrics` shows, in the format of Prometheus; its client is imported when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from actors.archive import inbox_length
from actors.measures import Counter, Histogram, Measures
from daemon.feed import FEED
from daemon.services import Services
from storage import gauges
from storage.times import now_ms

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


class Gauge(msgspec.Struct, frozen=True):
    """A number that goes up and down."""

    name: str
    explanation: str
    value: float


def gauges_of(services: Services) -> tuple[Gauge, ...]:
    """The numbers as they are now. Call it on the loop."""
    waiting = gauges.waiting(services.database)
    oldest = waiting.oldest_request_at
    age_s = 0.0 if oldest is None else max(0, now_ms() - oldest) / 1000
    hub = services.hub
    return (
        Gauge("stagent_open_requests", "Requests that wait for a person.", waiting.open_requests),
        Gauge("stagent_oldest_request_age_seconds", "How long the oldest of them has waited.", age_s),
        Gauge("stagent_queued_messages", "Messages that wait for their turn.", waiting.queued_messages),
        Gauge("stagent_archive_inbox", "Messages to the archive.", inbox_length(services.actors.archive)),
        Gauge("stagent_subscribers", "Streams that are followed.", hub.subscriber_count),
        Gauge("stagent_open_conversations", "Conversations in memory.", len(hub.open_ids - {FEED})),
        Gauge("stagent_busy_conversations", "Conversations with a turn.", len(services.feed.busy)),
    )


def render(measures: Measures, numbers: Iterable[Gauge], version: str) -> bytes:
    """The text. It reads the process's memory too, and may have to import: not for an event loop."""
    from prometheus_client.exposition import generate_latest  # noqa: PLC0415
    from prometheus_client.registry import CollectorRegistry  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(_Collector(measures, (*numbers, _memory()), version))
    return generate_latest(registry)


class _Collector:
    """Hands our numbers to the client's registry."""

    def __init__(self, measures: Measures, numbers: Iterable[Gauge], version: str) -> None:
        self._measures = measures
        self._numbers = numbers
        self._version = version

    def collect(self) -> Iterator[Metric]:
        """Everything, each with its explanation."""
        from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily  # noqa: PLC0415

        yield InfoMetricFamily("stagent_build", "Which version runs.", {"version": self._version})
        for number in self._numbers:
            yield GaugeMetricFamily(number.name, number.explanation, number.value)
        for one in structs.fields(self._measures):
            measure = getattr(self._measures, one.name)
            yield _counter(measure) if isinstance(measure, Counter) else _histogram(measure)


def _counter(counter: Counter) -> Metric:
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415

    family = CounterMetricFamily(counter.name, counter.explanation, labels=counter.labels)
    for labels, value in sorted(counter.values().items()):
        family.add_metric(labels, value)
    return family


def _histogram(histogram: Histogram) -> Metric:
    from prometheus_client.metrics_core import HistogramMetricFamily  # noqa: PLC0415
    from prometheus_client.utils import floatToGoString  # noqa: PLC0415

    family = HistogramMetricFamily(histogram.name, histogram.explanation, labels=histogram.labels)
    names = [*map(floatToGoString, histogram.bounds), "+Inf"]
    for labels, found in sorted(histogram.values().items()):
        family.add_metric(labels, list(zip(names, accumulate(found.counts), strict=True)), found.total)
    return family


def _memory() -> Gauge:
    import psutil  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

    resident = psutil.Process().memory_info().rss
    return Gauge("stagent_resident_memory_bytes", "Memory of the daemon, its children aside.", resident)
