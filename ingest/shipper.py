"""Brings what is spooled to ClickHouse, for as long as the process lives."""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from ingest.allocator import give_back
from ingest.spool.reading import read_batch
from ingest.spool.spool import EVERY_PART, Batch, Spool
from ingest.spool.transaction import SpoolError
from ingest.store.client import Store, StoreError
from ingest.store.migrate import SchemaError
from ingest.store.writer import write

_log = logging.getLogger("footfall")
_SHIP_EVERY = 1.0
"""Seconds between batches, so that a dashboard is about a second behind."""
_REST, _LONGEST_REST = 9, 10.0
"""Times as long as shipping took, and seconds: under load batches grow, and with them each hit's
share of their cost shrinks."""
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 15.0
"""Seconds until another try, doubled with each failure."""
_USUAL_BACKLOG = 0.25
"""The part of the spool's limit up to which hits come first; beyond it shipping does, more and more."""
_LARGE = 50_000
"""Cells of a batch that leaves memory worth giving back, which takes tens of milliseconds."""
_DRAIN_LIMIT = 5.0
"""Seconds for the last batches at a stop; the spool keeps what is left."""


class Shipper:
    """Ships batches in order, backs off while ClickHouse is away, and catches up."""

    def __init__(self, spool: Spool, store: Store, prepare: Callable[[], None]) -> None:
        """`prepare` makes a database ready that can be reached."""
        self._spool = spool
        self._store = store
        self._prepare = prepare
        self._preparing = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "shipper")
        """Its own, which gives way to hits; those that sync them are others."""
        self._is_prepared = False
        self._stops = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._shipped_at = time.monotonic()
        """When ClickHouse had all that was spooled."""
        self._works = False
        """Whether the last batch was shipped."""
        self.failed = 0

    def behind(self) -> int:
        """Return how many seconds ClickHouse is behind the spool; 0 if it has everything."""
        return round(time.monotonic() - self._shipped_at) if self._spool.waiting else 0

    def pressure(self) -> float:
        """Return how much hits should give way to shipping: from 0 to 1, when the spool is full.

        It is 0 while shipping fails: to give way would not help it.
        """
        excess = (self._spool.filled() - _USUAL_BACKLOG) / (1 - _USUAL_BACKLOG)
        return min(max(excess, 0), 1) if self._works else 0

    def prepare(self) -> None:
        """Make the database ready, unless it is. Raises StoreError while it is away."""
        with self._preparing:
            if not self._is_prepared:
                self._prepare()
                self._is_prepared = True

    def ship(self, last_part: int = EVERY_PART) -> bool:
        """Ship the oldest batch, if it has parts up to `last_part`; return whether there was one.

        Raises StoreError, SpoolError.
        """
        self.prepare()
        batch = self._spool.next_batch(last_part)
        if batch is None:
            return False
        self._store.do(insert, self._spool.path, batch)
        self._spool.remove(batch)
        self._works = True
        return True

    async def start(self) -> None:
        """Begin to ship."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ship what can be shipped in a few seconds, and end.

        The batch that is under way is waited for and none begun beside it. What ClickHouse has not
        answered by then is shipped after the next start, under the same token.
        """
        self._stops.set()
        if self._task:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._task, _DRAIN_LIMIT)
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        failures, pause, is_last = 0, _SHIP_EVERY, False
        while not is_last:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stops.wait(), pause)
            is_last = self._stops.is_set()
            begun = time.monotonic()
            try:
                await self._ship_all()
                took = time.monotonic() - begun
                failures, pause = 0, _SHIP_EVERY if self.pressure() else _rest(took)
            except Exception as error:  # noqa: BLE001 (whatever it is, the records are kept)
                failures += 1
                self.failed += 1
                self._works = False
                pause = _back_off(failures)
                if failures == 1:
                    _log.warning("%s; the spool keeps the records until it is back", _reason(error))
                await self._fold()

    async def _fold(self) -> None:
        """Fold what waits; what goes wrong is tried again after the next failure."""
        with suppress(Exception):
            while not self._stops.is_set() and await self._in_thread(self._spool.fold):
                pass

    async def _ship_all(self) -> None:
        """Ship what is spooled by now. What comes meanwhile would be small batches, which are dear."""
        begun, last_part = time.monotonic(), self._spool.last_part
        while await self._in_thread(partial(self.ship, last_part)):
            pass
        self._shipped_at = begun

    async def _in_thread(self, work: Callable[[], bool]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def insert(store: Store, spool: Path, batch: Batch) -> None:
    """Insert a batch of a spool. Raises StoreError, SpoolError; then it is to be done again."""
    records = read_batch(spool, batch.number)
    write(store, records, batch.token)
    if len(records.traffic.cells) > _LARGE:
        _give_memory_back(store)


def _give_memory_back(store: Store) -> None:
    give_back()
    if store.is_embedded:
        with suppress(StoreError):  # a build without that allocator
            store.command("SYSTEM JEMALLOC PURGE")


def _rest(took: float) -> float:
    """Return the seconds until the next batches, when those before took so many."""
    return min(max(_SHIP_EVERY, _REST * took), _LONGEST_REST)


def _back_off(failures: int) -> float:
    """Return the seconds to wait: longer with each failure, and never in step with others."""
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2**failures)
    return random.uniform(longest / 2, longest)  # noqa: S311 (spreads load, keeps no secret)


def _reason(error: Exception) -> str:
    """Return what went wrong; of an error that may hold a value only its kind."""
    is_known = isinstance(error, StoreError | SpoolError | SchemaError)
    return str(error) if is_known else type(error).__name__
