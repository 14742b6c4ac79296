"""Figures for machines that watch: OpenMetrics, without any account's, user's or key's name in a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client import Counter as Counted
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from weatherglass import __version__
from weatherglass.jobs.live.store import Live

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)


class Figures:
    """The figures of one application."""

    def __init__(self, live: Live) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_OfLive(live))
        labels = ("method", "route", "status")
        self._requests = Counted("weatherglass_requests", "Answered requests.", labels, registry=self._registry)
        self._seconds = Histogram(
            "weatherglass_request_seconds",
            "Time to answer.",
            ("route",),
            registry=self._registry,
            buckets=SECONDS,
        )
        # looking the labels up takes longer than counting; methods, routes and statuses are few
        self._kept: dict[tuple[str, str, str], tuple[Counted, Histogram]] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        named = (method if method in _METHODS else "other", route, str(status))
        counted, timed = self._kept.get(named) or self._kept.setdefault(
            named, (self._requests.labels(*named), self._seconds.labels(route))
        )
        counted.inc()
        timed.observe(seconds)

    def written(self, accept: str) -> tuple[bytes, str]:
        """All figures, and their content type: OpenMetrics for who accepts it, else Prometheus' text."""
        encoder, kind = choose_encoder(accept)
        return encoder(self._registry), kind


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _OfLive(Collector):
    """What the served store says of itself when it is asked."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        live, totals = self._live, self._live.totals
        yield _gauge("weatherglass_ready", "Whether the newest scores are there.", float(live.ready))
        yield _gauge(
            "weatherglass_trouble", "Whether the store fails to take in what the log holds.", float(bool(live.trouble))
        )
        yield _gauge(
            "weatherglass_log_waiting_bytes", "Bytes of the intake log that are not in the store.", live.waiting
        )
        yield _counter("weatherglass_messages", "Messages that were taken in.", totals.messages)
        yield _counter("weatherglass_events", "Events that were taken in.", totals.events)
        rejected = CounterMetricFamily("weatherglass_rejects", "Messages that were refused.", labels=["reason"])
        reasons: Counter[str] = Counter()
        for (_, reason), count in live.rejects.counts().items():
            reasons[reason] += count
        for reason, count in reasons.items():
            rejected.add_metric([reason], count)
        yield rejected
        tiers = GaugeMetricFamily("weatherglass_accounts", "Accounts by shown tier.", labels=["tier"])
        for tier, count in Counter(live.newest.table()["tier_shown"].to_pylist()).items():
            tiers.add_metric([str(tier)], count)
        yield tiers
        info = GaugeMetricFamily("weatherglass_version", "Always 1.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value)


def _counter(name: str, told: str, value: float) -> Metric:
    return CounterMetricFamily(name, told, value)
