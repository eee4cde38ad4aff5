"""The table of running visits: a row for each, in one array."""

import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ingest.fold.room import FreeRows, doubled
from ingest.store.records import Integers
from ingest.visit.wide import WIDTH

_FIRST_ROOM = 256
_ROW = np.dtype(
    [
        ("visitor", "u8"),
        ("started", "i8"),
        ("last", "i8"),
        ("base", "i8"),
        ("counted", "i8"),
        ("day", "i4"),
        ("day_now", "i4"),
        ("row_now", "i4"),
        ("earlier", "i4"),
        ("pageviews", "i4"),
        ("events", "i4"),
        ("page", "u4"),
        ("section", "u4"),
        ("hostname", "u4"),
        ("exit_page", "u4"),
        ("entry", "u4", 3),
        ("interacted", "?"),
        ("bounced", "?"),
        ("exit_counted", "?"),
        ("padding", "V1"),
    ]
)
_COLUMNS = tuple(name for name in _ROW.names or () if name not in ("entry", "padding"))
_BEGINNING = struct.Struct("=Q4q6i4I3I")
"""The columns from `visitor` to `entry`, in the order of a row."""
_WIDE = struct.Struct(f"={WIDTH}I")


class Running:
    """A column for each thing to know of a visit, and free rows.

    Columns are views into one array: to take and set one number in them is as quick as an object's
    attribute, and a visit takes a fourth of the memory and is frozen in no time.
    """

    visitor: memoryview
    """Its visitor's key of the current day."""
    started: memoryview
    last: memoryview
    """Seconds since 1970 of the first and the last sign of life."""
    base: memoryview
    """`hour_base` of the hour in which it began."""
    counted: memoryview
    """`hour_base` of the hour in which the visitor was counted last."""
    day: memoryview
    day_now: memoryview
    """Numbers of the days in which it began and is."""
    row_now: memoryview
    """The row with its wide symbols of the current day: its own, until it enters another day."""
    earlier: memoryview
    """Visits of the same visitor and day that are over."""
    pageviews: memoryview
    events: memoryview
    page: memoryview
    section: memoryview
    hostname: memoryview
    """Symbols (of its first day) of where it is."""
    exit_page: memoryview
    interacted: memoryview
    bounced: memoryview
    exit_counted: memoryview
    """Whether its visitor is counted at its exit page."""

    def __init__(self) -> None:
        self._rows = np.zeros(_FIRST_ROOM, _ROW)
        self._wide = np.zeros((_FIRST_ROOM, WIDTH), np.uint32)
        self._free = FreeRows()
        self.brought: list[array[int] | None] = [None] * _FIRST_ROOM
        """Symbols of what it has brought, on its first day and on the current one; and hours."""
        self.scrolls: dict[int, array[int]] = {}
        """By row: the deepest scroll on each page, once one is told."""
        self.untold: dict[int, dict[int, str]] = {}
        """By row: values that its wide symbols do not tell, by their place."""
        self._make_columns()

    def __getstate__(self) -> dict[str, Any]:
        """Give arrays, which are frozen far faster than objects."""
        used = self._free.used
        brought = [found or array("I") for found in self.brought[:used]]
        return {
            "rows": self._rows[:used],
            "wide": self._wide[:used],
            "free": self._free,
            "lengths": array("q", map(len, brought)),
            "brought": b"".join(brought),
            "scrolls": self.scrolls,
            "untold": self.untold,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the columns again."""
        self.__init__()  # type: ignore[misc]
        self._free = state["free"]
        while len(self._rows) < self._free.used:
            self._grow()
        self._rows[: self._free.used] = state["rows"]
        self._wide[: self._free.used] = state["wide"]
        self.brought[: self._free.used] = _pieces(state["brought"], state["lengths"])
        self.scrolls = state["scrolls"]
        self.untold = state["untold"]

    def take(self) -> int:
        """Return a free row."""
        row = self._free.take()
        if row == len(self._rows):
            self._grow()
        return row

    def release(self, rows: list[int]) -> None:
        """Wipe rows and give them back."""
        self._rows[rows] = np.zeros(1, _ROW)
        self._wide[rows] = 0
        for row in rows:
            self.brought[row] = None
            self.scrolls.pop(row, None)
            self.untold.pop(row, None)
        self._free.give_back(rows)

    def set_wide(self, row: int, symbols: Iterable[int]) -> None:
        """Set a row's wide symbols."""
        _WIDE.pack_into(self._wide_bytes, row * _WIDE.size, *symbols)

    def wide(self, row: int) -> tuple[int, ...]:
        """Return a row's wide symbols."""
        return _WIDE.unpack_from(self._wide_bytes, row * _WIDE.size)

    def wides(self, rows: Integers) -> Integers:
        """Return the wide symbols of several rows, n by WIDTH."""
        return self._wide.take(rows, axis=0).astype(np.int64)

    def entries(self, rows: Integers) -> Integers:
        """Return where the visits of several rows began: page, section and hostname, 3 by n."""
        return self._rows["entry"][rows].T.astype(np.int64)

    def begin(self, row: int, *values: int) -> None:
        """Set the columns from `visitor` to `entry`, in the order of a row."""
        _BEGINNING.pack_into(self._row_bytes, row * _ROW.itemsize, *values)

    def silent(self, since: int) -> list[int]:
        """Return the rows of visits without a sign of life since a moment."""
        rows = self._rows[: self._free.used]
        return np.flatnonzero((rows["last"] < since) & (rows["day"] != 0)).tolist()

    def active(self, since: int) -> Counter[int]:
        """Return how many visits of each day, by number, had a sign of life since a moment."""
        rows = self._rows
        return Counter(rows["day"][(rows["last"] >= since) & (rows["day"] != 0)].tolist())

    def _make_columns(self) -> None:
        self._row_bytes = self._rows.view(np.uint8).data
        self._wide_bytes = self._wide.view(np.uint8).data.cast("B")
        for name in _COLUMNS:
            setattr(self, name, self._rows[name].data)

    def _grow(self) -> None:
        self.brought += [None] * len(self._rows)
        self._rows, self._wide = doubled(self._rows), doubled(self._wide)
        self._make_columns()


def _pieces(joined: bytes, lengths: "array[int]") -> "Iterator[array[int] | None]":
    """Yield the arrays that were joined, None for an empty one."""
    whole, start = memoryview(joined).cast("I"), 0
    for length in lengths:
        yield array("I", whole[start : start + length]) if length else None
        start += length
