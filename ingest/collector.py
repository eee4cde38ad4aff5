"""Runs the pipeline under load: hits that arrive together are folded and synced together."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from ingest.anonymize.raw_hit import RawHit
from ingest.pipeline import Arrival, Pipeline, ship
from ingest.spool.spool import Spool
from ingest.store.client import Store, StoreError
from ingest.store.drops import DropReason

_log = logging.getLogger("footfall")
_SHIP_EVERY = 1.0
"""Seconds between two batches, so that a dashboard is a second behind."""
_RETRY_AFTER = 5.0
_SWEEP_EVERY = 1.0


class _Waiting(NamedTuple):
    arrivals: list[Arrival]
    answer: asyncio.Future[DropReason | None]


class Collector:
    """Takes raw hits, and answers each once its counters are on disk."""

    def __init__(
        self, pipeline: Pipeline, spool: Spool, store: Store, clock: Callable[[], float]
    ) -> None:
        self._pipeline = pipeline
        self._spool = spool
        self._store = store
        self._clock = clock
        self._group: list[_Waiting] = []
        self._has_hits = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def collect(self, raw: RawHit) -> DropReason | None:
        """Count a hit. Returns when it is safe: None, or why it was dropped for all its sites."""
        arrivals = self._pipeline.anonymize(raw, int(self._clock()))
        waiting = _Waiting(arrivals, asyncio.get_running_loop().create_future())
        self._group.append(waiting)
        self._has_hits.set()
        return await waiting.answer

    async def start(self) -> None:
        """Begin to commit, to ship and to sweep."""
        self._tasks = [
            asyncio.create_task(work()) for work in (self._commit, self._ship, self._sweep)
        ]

    async def stop(self) -> None:
        """Ship what can be shipped, and end. The server has answered all requests by now."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        with suppress(StoreError):
            while await asyncio.to_thread(ship, self._spool, self._store):
                pass

    async def _commit(self) -> None:
        """Group commit: while one group is synced, the next one gathers."""
        while True:
            await self._has_hits.wait()
            self._has_hits.clear()
            group, self._group = self._group, []
            try:
                await self._commit_group(group)
            except Exception as error:  # noqa: BLE001 (each sender is told; the next group may do)
                for waiting in group:
                    if not waiting.answer.done():
                        waiting.answer.set_exception(error)

    async def _commit_group(self, group: list[_Waiting]) -> None:
        records, dropped = self._pipeline.fold(
            arrival for waiting in group for arrival in waiting.arrivals
        )
        await asyncio.to_thread(self._spool.append, records)
        reasons = iter(dropped)
        for waiting in group:
            told = [next(reasons) for _ in waiting.arrivals]
            if not waiting.answer.done():
                waiting.answer.set_result(None if None in told else told[0])

    async def _ship(self) -> None:
        while True:
            await asyncio.sleep(_SHIP_EVERY)
            try:
                while await asyncio.to_thread(ship, self._spool, self._store):
                    pass
            except StoreError as error:
                _log.warning("%s; the spool keeps the records, trying again", error)
                await asyncio.sleep(_RETRY_AFTER)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            self._pipeline.visits.sweep(int(self._clock()))
