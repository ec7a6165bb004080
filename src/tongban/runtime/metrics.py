"""Metrics in OpenMetrics text, one registry a process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

registry = CollectorRegistry(auto_describe=True)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def counter(name: str, description: str, labels: tuple[str, ...] = ()) -> Counter:
    """A counter of this process."""
    return Counter(name, description, labels, registry=registry)


def gauge(name: str, description: str, labels: tuple[str, ...] = ()) -> Gauge:
    """A gauge of this process."""
    return Gauge(name, description, labels, registry=registry)


def histogram(name: str, description: str, labels: tuple[str, ...] = ()) -> Histogram:
    """A histogram of durations. Units: seconds."""
    return Histogram(name, description, labels, registry=registry, buckets=_BUCKETS)


def render() -> tuple[bytes, str]:
    """The current values and their content type."""
    body: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]  # the library has none here
    return body, CONTENT_TYPE_LATEST
