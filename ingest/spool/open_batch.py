"""The batch that the spool's next parts belong to, until it is shipped or large enough."""

from collections.abc import Iterable

from ingest.store.records import Records

_MOST_BYTES = 8 * 1024 * 1024
_MOST_PARTS = 5_000


class OpenBatch:
    """Parts of one session of symbols; each symbol's name is in the first part that has it."""

    def __init__(self, number: int, session: bytes) -> None:
        self.number = number
        self._session = session
        self._bytes = self._parts = 0
        self._told: set[int] = set()

    def takes(self, records: Records) -> bool:
        """Whether the records may be its next part."""
        has_room = self._bytes < _MOST_BYTES and self._parts < _MOST_PARTS
        return has_room and records.session == self._session

    def untold(self, symbols: Iterable[int]) -> list[int]:
        """Return those of the symbols whose names its parts do not have yet."""
        told = self._told
        return [symbol for symbol in symbols if symbol not in told]

    def add(self, named: Iterable[int], size: int) -> None:
        """Take note of a part of so many bytes that names these symbols."""
        self._told.update(named)
        self._bytes += size
        self._parts += 1
