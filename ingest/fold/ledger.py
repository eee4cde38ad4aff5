"""What hits add to cells: noted one by one, summed for many hits at once."""

from array import array
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.settings import Site
from ingest.store.drops import DropReason
from ingest.store.tables import COUNTERS

Counters = tuple[int, ...]
"""One number for each of `ingest.store.tables.COUNTERS`, in that order."""
Integers = NDArray[np.int64]

_WIDTH = len(COUNTERS)
_QUARTER = 900


def counters(**amounts: int) -> Counters:
    """Return counters with the amounts given, the others 0."""
    return tuple(amounts.get(name, 0) for name in COUNTERS)


def hour_base(hour: int) -> int:
    """Return what, added to a symbol, makes the number of its cell in `hour` (seconds, UTC).

    An hour starts on a quarter in every time zone, and quarters since 1970 fit in 31 bits.
    """
    return hour // _QUARTER << 32


def pair_base(symbol: int) -> int:
    """Return what, added to a second symbol, makes the number of the pair's cell."""
    return symbol << 32


def split(cells: Integers) -> tuple[Integers, Integers]:
    """Return the first (hour in seconds or symbol) and the second part of cell numbers.

    The first part comes as the quarter of the hour or the symbol that the base was made from.
    """
    return cells >> 32, cells & 0xFFFF_FFFF


def hours(quarters: Integers) -> Integers:
    """Return the hours, in seconds, of quarters as `split` returns them."""
    return quarters * _QUARTER


class Sums(NamedTuple):
    """Cells, each once and in rising order, and what they gain: n numbers and n by 12 counters."""

    cells: Integers
    gains: Integers


class Column:
    """Additions to one table.

    An addition gives the same counters to several cells. It is three appends to flat arrays, so
    that a hit costs little; numpy expands and sums them for the whole group.
    """

    def __init__(self) -> None:
        self._cells = array("q")
        self._lengths = array("q")
        self._bases = array("q")
        self._gains = array("q")

    def add(self, symbols: "array[int]", base: int, gains: Counters) -> None:
        """Add `gains` to each cell `base + symbol`."""
        self._cells.extend(symbols)
        self._lengths.append(len(symbols))
        self._bases.append(base)
        self._gains.extend(gains)

    def sum(self) -> Sums:
        """Return every cell once, with all that was added to it."""
        if not self._cells:
            return Sums(np.empty(0, np.int64), np.empty((0, _WIDTH), np.int64))
        lengths = np.frombuffer(self._lengths, np.int64)
        cells = np.frombuffer(self._cells, np.int64) + np.repeat(
            np.frombuffer(self._bases, np.int64), lengths
        )
        order = np.argsort(cells, kind="stable")
        cells = cells[order]
        starts = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
        addition = np.repeat(np.arange(len(lengths)), lengths)[order]
        gains = np.frombuffer(self._gains, np.int64).reshape(-1, _WIDTH)
        return Sums(cells[starts], np.add.reduceat(gains[addition], starts, axis=0))


class Ledger:
    """What a group of hits adds to all tables."""

    def __init__(self) -> None:
        self.traffic = Column()
        self.crosstabs = Column()
        self.drops: Counter[tuple[Site | None, int, DropReason]] = Counter()
        """Dropped hits by site (None: not configured here), hour and reason."""
