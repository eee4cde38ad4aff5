"""Drives hits through the steps of `ingest/pipeline.py`, and times each step."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson
from stream import DOMAIN, Hit, headers, stream

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Settings, Site
from ingest.shipper import Shipper
from ingest.spool.opening import open_spool
from ingest.spool.spool import Spool
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.visit.keys import Keyring

GROUP = 64
"""Hits that are committed together."""
_SHIP_EVERY = 100
"""Groups."""
_MOST_UNRELEASED = 3_000
"""Hits, as the collector has it."""
_PROXY = "127.0.0.1"
_SETTINGS = Settings(sites=(Site(DOMAIN),), trusted_proxies=(f"{_PROXY}/32",))


class Time(NamedTuple):
    """Nanoseconds."""

    wall: int = 0
    cpu: int = 0
    """Of all threads: without what was waited for (the disk, or others on a busy machine)."""

    def until(self, end: "Time") -> "Time":
        """Return the time from this one to `end`."""
        return Time(end.wall - self.wall, end.cpu - self.cpu)

    def plus(self, other: "Time") -> "Time":
        """Return the sum."""
        return Time(self.wall + other.wall, self.cpu + other.cpu)


def time_steps(data: Path, groups: int) -> dict[str, Time]:
    """Return what each step took for so many groups, after as many for warming up."""
    spool, _ = open_spool(data, _SETTINGS.spool_limit, _SETTINGS.disk_floor, time.time())
    hits = stream(Random(1))
    with (
        closing(spool),
        closing(Places(bundled_country(), bundled_provider())) as places,
        closing(Store("chdb", data)) as store,
    ):
        migrate(store, _SETTINGS.retention)
        way = _Way(places, spool, store)
        for _ in range(2):
            way.times.clear()
            for number in range(groups):
                way.go(list(islice(hits, GROUP)))
                if number % _SHIP_EVERY == _SHIP_EVERY - 1:
                    way.ship()
    return way.times


class _Way:
    """The way of a hit, without HTTP."""

    def __init__(self, places: Places, spool: Spool, store: Store) -> None:
        self.times: dict[str, Time] = {}
        """By step."""
        self._proxies = Proxies(_SETTINGS.trusted_proxies)
        self._pipeline = Pipeline(_SETTINGS, places, Keyring())
        self._spool = spool
        self._shipper = Shipper(spool, store, prepare=lambda: None)

    def go(self, hits: Sequence[Hit]) -> None:
        """Send a group of hits all the way to the spool."""
        pipeline, now = self._pipeline, int(time.time())
        received = [_received(hit) for hit in hits]
        releases = pipeline.unreleased > _MOST_UNRELEASED
        with self._timed("receive"):
            raws = [
                read_event(body, read_sender(head, _PROXY, self._proxies))
                for head, body in received
            ]
        with self._timed("anonymize"):
            arrivals = [arrival for raw in raws for arrival in pipeline.anonymize(raw, now)]
        with self._timed("handover"):
            pipeline.note(self._spool.last_part + 1, arrivals, releases)
        with self._timed("visit, fold"):
            records, _ = pipeline.fold(arrivals, releases)
        with self._timed("spool"):
            self._spool.append(records)

    def ship(self) -> None:
        """Ship what is spooled."""
        with self._timed("store"):
            while self._shipper.ship():
                pass

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = _now()
        yield
        self.times[step] = self.times.get(step, Time()).plus(start.until(_now()))


def _now() -> Time:
    return Time(time.perf_counter_ns(), time.process_time_ns())


def _received(hit: Hit) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return a request's headers and body as a server has parsed them."""
    head = [(name.encode(), value.encode()) for name, value in headers(hit.visitor).items()]
    return head, orjson.dumps(hit.event)
