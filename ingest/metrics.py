"""What the process tells about itself, for Prometheus. No value ever came from a visitor."""

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as Source

from ingest.collector import Collector
from ingest.shipper import Shipper
from ingest.spool.spool import Spool

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics(Source):
    """The figures of a collector, its spool and its shipper, read when they are asked for."""

    def __init__(
        self, collector: Collector, spool: Spool, shipper: Shipper, damaged: dict[str, int]
    ) -> None:
        """`damaged` counts the files found damaged at the start, by what they are."""
        self._collector = collector
        self._spool = spool
        self._shipper = shipper
        self._damaged = damaged
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield each figure."""
        yield _count("hits_acknowledged", "Hits answered with 202", self._collector.acknowledged)
        yield _count("hits_refused", "Hits answered with 503", self._collector.refused)
        yield _count("store_failures", "Batches that ClickHouse did not take", self._shipper.failed)
        yield _level("spool_parts", "Parts that wait for ClickHouse", len(self._spool))
        yield _level("spool_bytes", "Bytes that wait for ClickHouse", self._spool.waiting)
        yield _level("visits", "Running visits", self._collector.visits)
        yield _counts("hits_dropped", "Hits not counted", "reason", self._collector.dropped)
        yield _counts("damaged_files", "Files found damaged at the start", "file", self._damaged)


def _count(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"footfall_{name}", text, value=value)


def _level(name: str, text: str, value: int) -> Metric:
    return GaugeMetricFamily(f"footfall_{name}", text, value=value)


def _counts(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = CounterMetricFamily(f"footfall_{name}", text, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family
