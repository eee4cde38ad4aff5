"""Keeps embedded ClickHouse from working on a disk that is nearly full."""

import asyncio
import logging
import shutil

from ingest.store.client import Store, StoreError

_log = logging.getLogger("footfall")
_LOOK_EVERY = 1.0


class DiskGuard:
    """Stops inserts and merges while little of the disk is free.

    ClickHouse may damage what it merges as a disk fills up, and what was merged is gone soon after.
    """

    def __init__(self, store: Store, floor: int) -> None:
        """`floor` is in bytes. A server minds its own disk; nothing is done for one."""
        self._store = store
        self._floor = floor
        self._task: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Stop what works while there is too little room, and let it go on once there is enough.

        Raises StoreError if ClickHouse cannot be told.
        """
        folder = self._store.folder
        if folder is None:
            return
        is_low = shutil.disk_usage(folder).free < self._floor
        if is_low == self._store.rests:
            return
        self._store.rest(is_low)
        state = "is nearly full; ClickHouse rests" if is_low else "has room; ClickHouse goes on"
        _log.warning("the disk of %s %s", folder, state)

    async def start(self) -> None:
        """Begin to look, every second."""
        if self._store.is_embedded:
            self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await asyncio.to_thread(self.look)
            except (StoreError, OSError):  # the shipper tells that ClickHouse is away
                continue
