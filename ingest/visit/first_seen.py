"""What visitors have been counted for in visits of the day that are over, so that each counts once.

A running visit knows by itself what it has brought; this is asked only when a visitor comes again.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from ingest.fold.room import doubled

_32_BITS = 0xFFFF_FFFF
_FIRST_ROOM = 256
Ways = tuple[int, ...]
"""The symbols in which the visits of one visitor can differ: how they came, and the screen."""


class FirstSeen:
    """A day's visits that are over, by visitor: in which ways each came, and what it brought.

    The visits are rows of one array, chained by the lowest bits of their visitor's key: some 60
    bytes each, where a dict and tuples take 350.

    What it brought is kept as a 64-bit hash of the visitor key (secret, a day's and a site's), the
    visit's place among the visitor's and a symbol. So one set serves every site of a time zone, and
    nothing in it can be linked to anyone once the key is gone. Each half of the hash is kept in a
    roaring bitmap of its own, because such a bitmap takes 2 to 5 bytes a member where a set of
    numbers takes 60. A value that was never added is in both by chance with the square of members /
    4.3 billion: for a million members, one in 18 million.
    """

    def __init__(self, width: int) -> None:
        """`width` is the number of symbols in the ways of a visit."""
        self._width = width
        self._row = struct.Struct(f"=QI{width}I")
        self._used = 1  # the first row is nobody's: its number ends a chain
        self._low = BitMap()
        self._high = BitMap()
        self._set_rows(np.zeros(_FIRST_ROOM, _row_of(width)))

    def __getstate__(self) -> dict[str, Any]:
        """Give the rows that were used; they can be chained again."""
        rows = self._rows[: self._used]
        return {"width": self._width, "rows": rows, "low": self._low, "high": self._high}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Chain the rows again."""
        self.__init__(state["width"])  # type: ignore[misc]
        self._low, self._high = state["low"], state["high"]
        self._used = len(state["rows"])
        self._set_rows(doubled(state["rows"]))

    def visits(self, visitor: int) -> Sequence[Ways]:
        """Return in which ways the visitor came, a tuple for each visit that is over."""
        found: list[Ways] = []
        row = self._last[visitor & self._mask]
        while row:
            whose, row, *ways = self._row.unpack_from(self._bytes, row * self._row.size)
            if whose == visitor:
                found.append(tuple(ways))
        found.reverse()
        return found

    def add(self, visitor: int, ways: Ways, brought: Iterable[int]) -> None:
        """Add a visit that is over."""
        before = len(self.visits(visitor))
        members = [hash((visitor, before, symbol)) for symbol in brought]
        self._low.update([member & _32_BITS for member in members])
        self._high.update([member >> 32 & _32_BITS for member in members])
        if self._used == len(self._rows):
            self._set_rows(doubled(self._rows))
        chain = visitor & self._mask
        self._row.pack_into(
            self._bytes, self._used * self._row.size, visitor, self._last[chain], *ways
        )
        self._last[chain] = self._used
        self._used += 1

    def brought(self, visitor: int, place: int, symbol: int) -> bool:
        """Return whether the visit at `place` among the visitor's brought the symbol."""
        member = hash((visitor, place, symbol))
        return member & _32_BITS in self._low and member >> 32 & _32_BITS in self._high

    def _set_rows(self, rows: NDArray[Any]) -> None:
        """Use an array of rows, and chain those in use anew."""
        self._rows, self._bytes = rows, rows.view(np.uint8).data
        last = np.zeros(1 << len(rows).bit_length(), np.uint32)
        self._mask, self._last = len(last) - 1, last.data
        chains = (rows["visitor"][1 : self._used] & np.uint64(self._mask)).astype(np.int64)
        order = np.argsort(chains, kind="stable") + 1
        follows = chains[order[1:] - 1] == chains[order[:-1] - 1]
        rows["before"][order[:1]] = 0
        rows["before"][order[1:]] = np.where(follows, order[:-1], 0)
        is_last = np.append(~follows, True)[: len(order)]
        last[chains[order - 1][is_last]] = order[is_last]


def _row_of(width: int) -> np.dtype[Any]:
    """Return a visit's visitor, the row before in its chain, and its ways."""
    return np.dtype([("visitor", "u8"), ("before", "u4"), ("ways", "u4", width)])
