"""Sums as bytes for the spool, and the sums of many of them at once.

Most of the cells' counters are 0 and most of the others small, so a cell takes some ten bytes: the
step from the cell before, a bit for each counter that it has gained, and what it has.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ingest.store.tables import COUNTERS

Integers = NDArray[np.int64]
Numbers = list[bytes]
"""Whole numbers in types that widen, the last holding all: where a number does not fit its type, the
least one stands in its place and the number itself is the next one of the wider type."""
Packed = tuple[Numbers, bytes, Numbers]
"""Steps from cell to cell; two bytes for the counters of each cell; what they gained, cell by cell."""

STEPS = (np.int16, np.int64)
_GAINS = (np.int8, np.int32, np.int64)
_FLAG_BYTES = 2
_ROOM = 8 * _FLAG_BYTES
"""Counters that a cell has room for."""
_CELLS_AT_ONCE = 400_000
_COUNT = len(COUNTERS)


def pack(cells: Integers, gains: Integers) -> Packed:
    """Return cells in rising order as bytes, with their gains: a row for each counter."""
    steps = cells.copy()
    steps[1:] -= cells[:-1]
    of_cells = np.zeros((len(cells), _ROOM), np.int64)
    of_cells[:, :_COUNT] = gains.T
    gained = of_cells != 0
    amounts = of_cells.take(np.flatnonzero(gained))
    return narrow(steps, STEPS), np.packbits(gained).tobytes(), narrow(amounts, _GAINS)


class Pile:
    """Packed sums that are added up, some at a time: in arrays they take many times the room."""

    def __init__(self) -> None:
        self._parts: list[Packed] = []
        self._room = _CELLS_AT_ONCE

    def add(self, packed: Packed) -> None:
        """Add sums."""
        self._parts.append(packed)
        self._room -= len(packed[1]) // _FLAG_BYTES
        if self._room < 0:
            self._parts = [pack(*self.sum())]
            self._room = _CELLS_AT_ONCE

    def sum(self) -> tuple[Integers, Integers]:
        """Return each cell once, in rising order, and what it gained, as `pack` takes them.

        Cells whose gains cancel out are left out.
        """
        if not self._parts:
            return np.empty(0, np.int64), np.empty((_COUNT, 0), np.int64)
        steps, flags_of_parts, gains = zip(*self._parts, strict=True)
        lengths = [len(flags) // _FLAG_BYTES for flags in flags_of_parts]
        cells = _cells(widen(steps, STEPS), lengths)
        flags = b"".join(flags_of_parts)
        whole = _distinct(cells)
        of_cell = (np.searchsorted(whole, cells) - np.arange(len(cells))) * _ROOM
        places = of_cell.repeat(_how_many(flags)) + np.flatnonzero(_gained(flags))
        # The sums go through floating point, which is exact up to 2 to the 53.
        sums = np.bincount(places, widen(gains, _GAINS), len(whole) * _ROOM)
        sums = sums.astype(np.int64).reshape(-1, _ROOM)[:, :_COUNT]
        there = np.flatnonzero(sums.any(axis=1))
        return whole.take(there), sums[there].T.copy()


def _cells(steps: Integers, lengths: list[int]) -> Integers:
    """Return the cells of parts that steps lead to; the first step of each part starts at 0."""
    lengths = [length for length in lengths if length]
    starts = np.cumsum([0, *lengths[:-1]]) if lengths else np.empty(0, np.int64)
    cells = np.cumsum(steps)
    ahead: Integers = cells.take(starts) - steps.take(starts)
    return cells - ahead.repeat(lengths)


def _distinct(numbers: Integers) -> Integers:
    """Return each number once, in rising order."""
    numbers = np.sort(numbers)  # many times as fast as np.unique
    is_first = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return numbers[is_first]


def _gained(flags: bytes) -> NDArray[np.bool_]:
    """Return of every counter of every cell whether it has gained."""
    return np.unpackbits(np.frombuffer(flags, np.uint8)).view(bool)


def _how_many(flags: bytes) -> NDArray[np.uint8]:
    """Return the number of counters that each cell has gained."""
    return np.bitwise_count(np.frombuffer(flags, np.uint16))


def narrow(numbers: Integers, kinds: Sequence[type[np.signedinteger]]) -> Numbers:
    """Return numbers in types that widen."""
    found = []
    for kind in kinds[:-1]:
        narrow, least = numbers.astype(kind), np.iinfo(kind).min
        is_wide = (narrow != numbers) | (narrow == least)
        narrow[is_wide] = least
        found.append(narrow.tobytes())
        numbers = numbers[is_wide]
    return [*found, numbers.tobytes()]


def widen(parts: Sequence[Numbers], kinds: Sequence[DTypeLike]) -> Integers:
    """Return the numbers of parts, one after the other."""
    *narrow, wide = [
        np.frombuffer(b"".join(pieces), kind)
        for pieces, kind in zip(zip(*parts, strict=True), kinds, strict=True)
    ]
    for numbers in reversed(narrow):
        whole = numbers.astype(np.int64)
        whole[numbers == np.iinfo(numbers.dtype).min] = wide
        wide = whole
    return wide
