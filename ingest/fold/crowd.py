"""The crowd rule: a crosstab cell is told once k visitors share it, and never before."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.fold.cell_table import CellTable, Flags, Places
from ingest.fold.room import FreeRows
from ingest.fold.symbols import BLOCK_BITS, Symbols
from ingest.store.records import Integers, Sums
from ingest.store.tables import COUNTERS

_VISITORS = COUNTERS.index("visitors")
_RELEASED = -1


class Crowd:
    """Cells that wait for their crowd, with what they have gained so far, and the released ones."""

    def __init__(self, symbols: Symbols, limit: int) -> None:
        """`limit` bounds the cells in memory; past it new cells are withheld."""
        self._symbols = symbols
        self._limit = limit
        self._rows = CellTable()
        """A cell's row in `_waiting`, or `_RELEASED`."""
        self._waiting: NDArray[np.signedinteger] = np.zeros((limit, len(COUNTERS)), np.int32)
        """Half the memory of 64 bits, which it takes once a number does not fit. Rows take memory once
        they are used: to make more of them later would keep hits waiting."""
        self._free = FreeRows()

    def __getstate__(self) -> dict[str, Any]:
        """Give the rows that were ever used."""
        return self.__dict__ | {"_waiting": self._waiting[: self._free.used]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take back what was given, and have room for the others."""
        used = state["_waiting"]
        self.__dict__ |= state
        self._waiting = np.zeros((self._limit, len(COUNTERS)), used.dtype)
        self._waiting[: len(used)] = used

    def __len__(self) -> int:
        return len(self._rows)

    def pass_on(self, sums: Sums) -> Sums:
        """Take what cells gain; return what may be told.

        That is the gains of released cells and, for a cell whose crowd is now there, all that it
        has gained.
        """
        places, is_known = self._find_or_add(sums.cells)
        rows = self._rows.values(places)
        told = (rows == _RELEASED) & is_known
        waits = np.flatnonzero((rows != _RELEASED) & is_known)
        rows = rows[waits]
        gained = self._waiting.take(rows, axis=0) + sums.gains.take(waits, axis=1).T
        has_crowd = self._has_crowd(sums.cells.take(waits), gained[:, _VISITORS])
        self._keep(rows, gained)
        released = waits[has_crowd]
        sums.gains[:, released] = gained[has_crowd].T
        told[released] = True
        self._rows.set(places[released], _RELEASED)
        self._vacate(rows[has_crowd])
        tells = np.flatnonzero(told)
        return Sums(sums.cells.take(tells), sums.gains.take(tells, axis=1))

    def forget(self, blocks: Iterable[int]) -> None:
        """Drop every cell whose first symbol's number is of one of the blocks."""
        gone = np.fromiter(blocks, np.int64)
        rows = self._rows.remove_by_first(gone, 32 + BLOCK_BITS)
        self._vacate(rows[rows != _RELEASED])

    def _find_or_add(self, cells: Integers) -> tuple[Integers, Flags]:
        """Return the place of each cell and whether it has one, which new cells get if there is room."""
        places, is_known = self._rows.find(cells)
        new = np.flatnonzero(~is_known)[: self._limit - len(self._rows)]
        if not len(new):
            return places, is_known
        if self._rows.add(cells[new], self._free.take_many(len(new))):
            return self._rows.find(cells)
        places[new], is_known[new] = self._rows.find(cells[new])
        return places, is_known

    def _has_crowd(self, cells: Integers, visitors: Integers) -> Integers:
        """Return which of the cells have the visitors that their site asks for; all where it is 1."""
        ks = self._symbols.ks(cells >> 32)
        return np.flatnonzero((visitors >= ks) | (ks <= 1))

    def _keep(self, rows: Places, gained: Integers) -> None:
        """Set what cells have gained so far."""
        limit = np.iinfo(self._waiting.dtype).max
        if len(gained) and (gained.max() > limit or gained.min() < ~limit):
            self._waiting = self._waiting.astype(np.int64)
        self._waiting[rows] = gained

    def _vacate(self, rows: Places) -> None:
        self._waiting[rows] = 0
        self._free.give_back(rows.tolist())
