"""The crowd rule: a crosstab cell is told once k visitors share it, and never before."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ingest.fold.ledger import Integers, Sums
from ingest.fold.symbols import Symbols
from ingest.store.tables import COUNTERS

_VISITORS = COUNTERS.index("visitors")
_RELEASED = -1
_FIRST_ROOM = 1_024


class Crowd:
    """Cells that wait for their crowd, with what they have gained so far, and the released ones."""

    def __init__(self, symbols: Symbols, limit: int) -> None:
        """`limit` bounds the cells in memory; past it new cells are withheld."""
        self._symbols = symbols
        self._limit = limit
        self._places: dict[int, int] = {}
        """A cell's row in `_waiting`, or `_RELEASED`."""
        self._waiting = np.zeros((_FIRST_ROOM, len(COUNTERS)), np.int64)
        self._thresholds = np.zeros(_FIRST_ROOM, np.int64)
        self._free = list(range(_FIRST_ROOM))

    def __len__(self) -> int:
        return len(self._places)

    def __getstate__(self) -> dict[str, Any]:
        """Give the cells as arrays, which are frozen far faster than a dict of numbers."""
        count = len(self._places)
        cells = np.fromiter(self._places.keys(), np.int64, count)
        places = np.fromiter(self._places.values(), np.int64, count)
        return self.__dict__ | {"_places": (cells, places)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the dict of cells again."""
        cells, places = state["_places"]
        self.__dict__.update(state)
        self._places = dict(zip(cells.tolist(), places.tolist(), strict=True))

    def pass_on(self, sums: Sums) -> Sums:
        """Take what cells gain; return what may be told.

        That is the gains of released cells and, for a cell whose crowd is now there, all that it
        has gained.
        """
        places = np.array([self._place(cell) for cell in sums.cells.tolist()], np.int64)
        told = places == _RELEASED
        waits = places > _RELEASED
        rows = places[waits]
        self._waiting[rows] += sums.gains[waits]
        has_crowd = self._waiting[rows, _VISITORS] >= self._thresholds[rows]
        gains = sums.gains.copy()
        gains[np.flatnonzero(waits)[has_crowd]] = self._waiting[rows[has_crowd]]
        told[np.flatnonzero(waits)[has_crowd]] = True
        self._release(sums.cells[waits][has_crowd], rows[has_crowd])
        return Sums(sums.cells[told], gains[told])

    def forget(self, symbols: Iterable[int]) -> None:
        """Drop every cell that is made of one of the symbols."""
        gone = frozenset(symbols)
        for cell in [cell for cell in self._places if cell >> 32 in gone]:
            place = self._places.pop(cell)
            if place != _RELEASED:
                self._vacate(place)

    def _place(self, cell: int) -> int:
        """Return the cell's place, a new one if it has none, or -2 if there is no room."""
        place = self._places.get(cell)
        if place is not None:
            return place
        if len(self._places) >= self._limit:
            return -2
        if not self._free:
            self._grow()
        place = self._places[cell] = self._free.pop()
        k = self._symbols.names[cell >> 32].site.k
        self._thresholds[place] = k if k > 1 else 0
        return place

    def _release(self, cells: Integers, rows: Integers) -> None:
        for cell, row in zip(cells.tolist(), rows.tolist(), strict=True):
            self._places[cell] = _RELEASED
            self._vacate(row)

    def _vacate(self, row: int) -> None:
        self._waiting[row] = 0
        self._free.append(row)

    def _grow(self) -> None:
        room = len(self._waiting)
        self._waiting = np.concatenate((self._waiting, np.zeros_like(self._waiting)))
        self._thresholds = np.concatenate((self._thresholds, np.zeros_like(self._thresholds)))
        self._free.extend(range(room, 2 * room))
