"""What visitors have been counted for in visits of the day that are over, so that each counts once.

A running visit knows by itself what it has brought; these sets are asked only when a visitor comes
again.
"""

from collections.abc import Iterable, Sequence

from pyroaring import BitMap

_32_BITS = 0xFFFF_FFFF
Ways = tuple[int, ...]
"""The symbols in which the visits of one visitor can differ: how they came, and the screen."""


class FirstSeen:
    """A day's visits that are over, by visitor: in which ways each came, and what it brought.

    What it brought is kept as a 64-bit hash of the visitor key (secret, a day's and a site's), the
    visit's place among the visitor's and a symbol. So one set serves every site of a time zone, and
    nothing in it can be linked to anyone once the key is gone. Each half of the hash is kept in a
    roaring bitmap of its own, because such a bitmap takes 2 to 5 bytes a member where a set of
    numbers takes 60. A value that was never added is in both by chance with the square of members /
    4.3 billion: for a million members, one in 18 million.
    """

    def __init__(self) -> None:
        self._visits: dict[int, tuple[Ways, ...]] = {}
        self._shared: dict[tuple[Ways, ...], tuple[Ways, ...]] = {}
        """The ways of visits, of which many visitors share one object."""
        self._low = BitMap()
        self._high = BitMap()

    def visits(self, visitor: int) -> Sequence[Ways]:
        """Return in which ways the visitor came, a tuple for each visit that is over."""
        return self._visits.get(visitor, ())

    def add(self, visitor: int, ways: Ways, brought: Iterable[int]) -> None:
        """Add a visit that is over."""
        before = self._visits.get(visitor, ())
        members = [hash((visitor, len(before), symbol)) for symbol in brought]
        self._low.update([member & _32_BITS for member in members])
        self._high.update([member >> 32 & _32_BITS for member in members])
        visits = (*before, ways)
        self._visits[visitor] = self._shared.setdefault(visits, visits)

    def brought(self, visitor: int, place: int, symbol: int) -> bool:
        """Return whether the visit at `place` among the visitor's brought the symbol."""
        member = hash((visitor, place, symbol))
        return member & _32_BITS in self._low and member >> 32 & _32_BITS in self._high
