"""What is noted of a group's hits one by one, for `ingest.visit.counting` to count at once."""

import struct
from collections.abc import Iterable

import numpy as np

from ingest.store.records import Integers

IS_FIRST, IS_VISITOR, IS_HOUR_VISITOR = 1, 2, 4
"""The hit begins its visit; it counts its visitor in the day; in the hour."""
NEW_IN_VISIT = (8, 16, 32)
NEW_TO_VISITOR = (64, 128, 256)
"""The hit is the first in its visit, or its visitor's first today, at this page, section, host."""

_HIT = struct.Struct("=23q")
_MOVE = struct.Struct("=8q")
_LABEL = struct.Struct("=11q")

pack_hit = _HIT.pack
"""Make a row of `Facts.hits` (packing one beats a list of numbers by far): of its visit's wide symbols
the row now and then, `hour_base` now and then; symbols of page, section and hostname now, the same
then, the same of where the visit was before; flags; page views, events, engagement, scroll, scroll
visits, change of the bounce, growth of the duration; symbol of the exit page, and the visitors that
it gains.

"Now" is the hit's hour and day, "then" the hour and the day in which its visit began.
"""
pack_move = _MOVE.pack
"""Make a row of `Facts.moves`, of what moves along from one exit page to the next: `hour_base` then,
symbols of the exit pages before and after; page views, events, bounces, duration and visitors that
the visit has counted.
"""
pack_label = _LABEL.pack
"""Make a row of `Facts.labels`, of an event, goal or property of a hit: row now and then, `hour_base`
now and then, symbol now and then; whether it meets visit-wide dimensions, is new in the visit, is
new to the visitor; page views and events.
"""


class Facts:
    """Packed rows of a group's hits."""

    def __init__(self) -> None:
        self.hits: list[bytes] = []
        self.moves: list[bytes] = []
        self.labels: list[bytes] = []
        self.nobodys: list[tuple[int, int, int, int]] = []
        """Cell, page views, events and engagement of hits in the totals alone."""
        self.visitors: list[int] = []
        self.hour_visitors: list[int] = []
        """Cells of `traffic` that count a visitor who has come before on the day."""
        self.visitors_crossed: list[int] = []
        """The same of `crosstabs`."""

    def hit_columns(self) -> Integers:
        """Return the hits, a row for each column."""
        return _columns(self.hits, _HIT)

    def move_columns(self) -> Integers:
        """Return the moves, a row for each column."""
        return _columns(self.moves, _MOVE)

    def label_columns(self) -> Integers:
        """Return the labels, a row for each column."""
        return _columns(self.labels, _LABEL)


def _columns(rows: Iterable[bytes], row: struct.Struct) -> Integers:
    numbers = np.frombuffer(b"".join(rows), np.int64)
    return numbers.reshape(-1, row.size // numbers.itemsize).T
