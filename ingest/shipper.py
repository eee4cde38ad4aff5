"""Brings what is spooled to ClickHouse, for as long as the process lives."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

from ingest.spool.spool import Spool
from ingest.spool.transaction import SpoolError
from ingest.store.client import Store, StoreError
from ingest.store.writer import write

_log = logging.getLogger("footfall")
_SHIP_EVERY = 1.0
"""Seconds between batches, so that a dashboard is about a second behind."""
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 15.0
"""Seconds until another try, doubled with each failure."""
_DRAIN_LIMIT = 5.0
"""Seconds for the last batches at a stop; the spool keeps what is left."""


class Shipper:
    """Ships batches in order, backs off while ClickHouse is away, and catches up."""

    def __init__(self, spool: Spool, store: Store, prepare: Callable[[], None]) -> None:
        """`prepare` makes a database ready that can be reached."""
        self._spool = spool
        self._store = store
        self._prepare = prepare
        self._is_prepared = False
        self._task: asyncio.Task[None] | None = None
        self.failed = 0

    def prepare(self) -> None:
        """Make the database ready, unless it is. Raises StoreError while it is away."""
        if not self._is_prepared:
            self._prepare()
            self._is_prepared = True

    def ship(self) -> bool:
        """Ship the oldest batch; return whether there was one. Raises StoreError, SpoolError."""
        self.prepare()
        batch = self._spool.next_batch()
        if batch is None:
            return False
        write(self._store, batch.records, batch.token)
        self._spool.remove(batch)
        return True

    async def start(self) -> None:
        """Begin to ship."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ship what can be shipped in a few seconds, and end."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        with suppress(StoreError, SpoolError, TimeoutError):
            async with asyncio.timeout(_DRAIN_LIMIT):
                await self._ship_all()

    async def _work(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(_pause(failures))
            try:
                await self._ship_all()
                failures = 0
            except Exception as error:  # noqa: BLE001 (whatever it is, the records are kept)
                failures += 1
                self.failed += 1
                if failures == 1:
                    known = isinstance(error, StoreError | SpoolError)
                    reason = error if known else type(error).__name__
                    _log.warning("%s; the spool keeps the records until it is back", reason)
                await self._fold()

    async def _fold(self) -> None:
        with suppress(SpoolError):
            while await asyncio.to_thread(self._spool.fold):
                pass

    async def _ship_all(self) -> None:
        while await asyncio.to_thread(self.ship):
            pass


def _pause(failures: int) -> float:
    """Return the seconds to wait: longer with each failure, and never in step with others."""
    if not failures:
        return _SHIP_EVERY
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2**failures)
    return random.uniform(longest / 2, longest)  # noqa: S311 (spreads load, keeps no secret)
