"""A set of cells with a number for each, looked up for a whole group of hits at once."""

import numpy as np
from numpy.typing import NDArray

from ingest.store.records import Integers

Flags = NDArray[np.bool_]
Places = NDArray[np.int32]

_EMPTY, _REMOVED = 0, -1
"""No cell has these numbers."""
_FIRST_SIZE = 4_096
_MOST_FILLED, _LEAST_FREED = 0.6, 0.2
"""Parts of the table: how full it is at most, and what is free for others once it was cleared up."""
_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)
"""Spreads cells over the table (Fibonacci hashing: 2 to the 64 by the golden ratio)."""


class CellTable:
    """Open addressing with linear probing in two arrays: 12 bytes a place, 20 to 40 a cell.

    A dict would take some 100 bytes a cell, and a Python call for each.
    """

    def __init__(self) -> None:
        self._cells = np.zeros(_FIRST_SIZE, np.int64)
        self._values = np.zeros(_FIRST_SIZE, np.int32)
        self._used = 0
        """Places that are not empty, those of removed cells among them."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def find(self, cells: Integers) -> tuple[Integers, Flags]:
        """Return the place of each cell, and whether it is there; `values` has its number."""
        places = self._start(cells)
        found = self._cells.take(places)
        astray = np.flatnonzero((found != cells) & (found != _EMPTY))
        while len(astray):
            places[astray] = (places[astray] + 1) & (len(self._cells) - 1)
            found = self._cells.take(places[astray])
            astray = astray[(found != cells[astray]) & (found != _EMPTY)]
        return places, self._cells.take(places) == cells

    def values(self, places: Integers) -> Places:
        """Return the numbers of the cells at places that `find` returned."""
        return self._values.take(places)

    def set(self, places: Integers, values: Places | int) -> None:
        """Give the cells at places that `find` returned other numbers."""
        self._values[places] = values

    def add(self, cells: Integers, values: Places) -> bool:
        """Add cells that are not there yet, each once; return whether others have moved by that."""
        moves = self._used + len(cells) > _MOST_FILLED * len(self._cells)
        if moves:
            self._make_room(len(cells))
        self._count += len(cells)
        self._used += len(cells)
        while len(cells):
            places, _ = self.find(cells)
            self._cells[places] = cells
            # Of several that want one place, the last has it now; the others try again.
            has_place = self._cells.take(places) == cells
            self._values[places[has_place]] = values[has_place]
            cells, values = cells[~has_place], values[~has_place]
        return moves

    def remove_by_first(self, firsts: Integers, shift: int) -> Places:
        """Remove every cell that, shifted right, is one of `firsts`; return their numbers."""
        gone = np.flatnonzero(np.isin(self._cells >> shift, firsts))
        numbers = self._values.take(gone)
        self._cells[gone] = _REMOVED
        self._values[gone] = 0
        self._count -= len(gone)
        if not self._count:
            self.__init__()  # type: ignore[misc]
        return numbers

    def _start(self, cells: Integers) -> Integers:
        """Return the place where the search for each cell begins."""
        bits = len(self._cells).bit_length() - 1
        return ((cells.view(np.uint64) * _FACTOR) >> np.uint64(64 - bits)).view(np.int64)

    def _make_room(self, count: int) -> None:
        """Drop removed places, and grow as long as the table is too full."""
        there = np.flatnonzero(self._cells > _EMPTY)
        cells, values = self._cells[there], self._values[there]
        size = len(self._cells)
        while self._count + count > (_MOST_FILLED - _LEAST_FREED) * size:
            size *= 2
        self._cells, self._values = np.zeros(size, np.int64), np.zeros(size, np.int32)
        self._used = self._count = 0
        self._lay(cells, values)

    def _lay(self, cells: Integers, values: Places) -> None:
        """Fill the empty table as adding one cell after the other would, in the order of starts.

        Each lies at its start or right behind the one before, so that no search is needed.
        """
        starts = self._start(cells)
        order = np.argsort(starts, kind="stable")
        numbers = np.arange(len(order))
        places = np.maximum.accumulate(starts[order] - numbers) + numbers
        fits = places < len(self._cells)
        places, laid, left = places[fits], order[fits], order[~fits]
        self._cells[places], self._values[places] = cells[laid], values[laid]
        self._used = self._count = len(laid)
        self.add(cells[left], values[left])
