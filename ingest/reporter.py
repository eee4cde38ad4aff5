"""Tells ClickHouse how many visitors are there now, for query services that are other processes."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ingest.store.client import Store
from ingest.store.live import REPORT_EVERY, report


class Reporter:
    """Reports every few seconds; what cannot be told is told anew the next time."""

    def __init__(self, store: Store, name: str, current: Callable[[], Mapping[str, int]]) -> None:
        """Report under a `name` of this collector the visitors that `current` has of every site."""
        self._store = store
        self._name = name
        self._current = current
        self._thread = ThreadPoolExecutor(1, "reporter")
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to report."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End; the last report holds for a few seconds more."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(Exception):  # the shipper tells that ClickHouse is away
                told = self._current()
                await loop.run_in_executor(self._thread, report, self._store, self._name, told)
            await asyncio.sleep(REPORT_EVERY)
