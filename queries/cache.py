"""Answers of the last seconds, so that a wall of dashboards costs one query."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import NamedTuple

from queries.document import Document

SECONDS = 2
"""How long an answer serves."""
_ENTRIES = 500
_BYTES = 32 * 1024 * 1024


class _Kept(NamedTuple):
    document: Document
    until: float


class Cache:
    """Documents by key. Who asks while one is being made waits for it: equal queries run once.

    For one event loop; bounded in number and bytes, the oldest going first.
    """

    def __init__(
        self,
        seconds: float = SECONDS,
        entries: int = _ENTRIES,
        size: int = _BYTES,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep up to `entries` documents of `size` bytes together; `ticks` gives seconds."""
        self._seconds, self._entries, self._size = seconds, entries, size
        self._ticks = ticks
        self._kept: dict[bytes, _Kept] = {}
        self._bytes = 0
        self._being_made: dict[bytes, asyncio.Task[Document]] = {}

    async def find(self, key: bytes, make: Callable[[], Awaitable[Document]]) -> Document:
        """Return the document of `key`, made anew if there is none; errors are not kept.

        Who goes away stops nothing that others wait for.
        """
        kept = self._kept.get(key)
        if kept and self._ticks() < kept.until:
            return kept.document
        making = self._being_made.get(key)
        if making is None:
            making = asyncio.create_task(self._make(key, make))
            making.add_done_callback(_look_at)
            self._being_made[key] = making
        return await asyncio.shield(making)

    async def _make(self, key: bytes, make: Callable[[], Awaitable[Document]]) -> Document:
        until = self._ticks() + self._seconds
        try:
            document = await make()
        finally:
            del self._being_made[key]
        self._keep(key, _Kept(document, until))
        return document

    def _keep(self, key: bytes, kept: _Kept) -> None:
        self._forget(key)
        self._kept[key] = kept
        self._bytes += _size(kept.document)
        while len(self._kept) > self._entries or self._bytes > self._size:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: bytes) -> None:
        if kept := self._kept.pop(key, None):
            self._bytes -= _size(kept.document)


def _look_at(made: asyncio.Task[Document]) -> None:
    """Look at an error, lest asyncio logs it where all who waited for it have gone."""
    if not made.cancelled():
        made.exception()


def _size(document: Document) -> int:
    return len(document.body) + len(document.zipped)


def key_of(*parts: object) -> bytes:
    """Return a short key for values that are told apart by how they are written in Python."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=32).digest()
