"""Dimension values as small numbers, within the caps: what cells are made of."""

import secrets
import sys
from array import array
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from ingest.settings import Site
from ingest.store.dimensions import (
    DIMENSIONS,
    OTHER,
    PROP_CAP,
    PROP_NAMES_CAP,
    PROP_PREFIX,
    TOTALS,
)
from ingest.store.records import Integers, Name

BLOCK_BITS = 8
"""Numbers are given out in blocks of 256, each to one site's day; so a number tells its site."""
_IN_BLOCK = (1 << BLOCK_BITS) - 1
_MORE_BLOCKS = 4
"""Blocks that a day takes at once after its first."""
_SESSION_BYTES = 16
_random = np.random.default_rng()
_SHARED = tuple(range(4_096))
"""Places as objects that all days share."""


class SiteDay:
    """A site's day: the values that its hits brought, each with its number.

    A value has a place too, its turn among the day's. Dicts tell places, whose objects all days
    share, and arrays the numbers: so a value takes some 40 bytes and its text, where a number that
    is an object takes 32 more.
    """

    def __init__(self, site: Site, day: date, symbols: "Symbols") -> None:
        self.site = site
        self.day = day
        self.blocks: list[int] = []
        self.is_full = False
        """Whether a value has become `(other)`."""
        self.numbers = array("I")
        """By place."""
        self._values: list[str] = []
        self._dimensions = array("H")
        """By place: what has a number, the dimension by its turn in `_names`."""
        self._names = [*symbols.caps]
        self._symbols = symbols
        self._free = array("I")
        self._index()
        self.total = self.symbol(TOTALS, TOTALS)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again."""
        return {
            name: value
            for name, value in vars(self).items()
            if name not in ("_places", "_by_block")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make it again."""
        vars(self).update(state)
        self._index()

    def symbol(self, dimension: str, value: str) -> int:
        """Return the number of a value; past the dimension's cap that of `(other)`."""
        place = self._places[dimension].get(value)
        return self._admit(dimension, value) if place is None else self.numbers[place]

    def places(self, dimension: str) -> Mapping[str, int]:
        """Return the places of a dimension's values so far, which follow what is added."""
        return self._places[dimension]

    def find(self, dimension: str, value: str) -> int | None:
        """Return the number of a value as `symbol` does, or None if it would need a new one."""
        places = self._places[dimension]
        place = places.get(value)
        if place is None and self._is_full(dimension):
            place = places.get(OTHER)
        return None if place is None else self.numbers[place]

    def has(self, dimension: str, value: str) -> bool:
        """Whether a value has a number of its own."""
        return value in self._places[dimension]

    def name(self, number: int) -> Name:
        """Return what one of the day's numbers stands for."""
        place = self._by_block[number >> BLOCK_BITS][number & _IN_BLOCK]
        dimension = self._names[self._dimensions[place]]
        return Name(self.site.domain, self.day, dimension, self._values[place])

    def takes_prop(self, dimension: str) -> bool:
        """Whether the day has, or has room for, the dimension of a custom property."""
        if dimension not in self._places:
            if len(self._places) >= len(self._symbols.caps) + PROP_NAMES_CAP:
                return False
            self._names.append(dimension)
            self._places[dimension] = {}
        return True

    def forget(self) -> list[int]:
        """Give the day's numbers back; return their blocks."""
        self._symbols.forget(self.blocks)
        return self.blocks

    def _index(self) -> None:
        """Make what tells places."""
        self._places: dict[str, dict[str, int]] = {name: {} for name in self._names}
        self._by_block = {block: array("I", bytes(4 << BLOCK_BITS)) for block in self.blocks}
        """Places by block and number."""
        dimensions = list(self._places.values())
        for place, value in enumerate(self._values):
            self._set_place(dimensions[self._dimensions[place]], value, place)

    def _set_place(self, places: dict[str, int], value: str, place: int) -> None:
        number = self.numbers[place]
        places[value] = _SHARED[place] if place < len(_SHARED) else place
        self._by_block[number >> BLOCK_BITS][number & _IN_BLOCK] = place

    def _is_full(self, dimension: str) -> bool:
        return len(self._places[dimension]) >= self._symbols.caps.get(dimension, PROP_CAP)

    def _admit(self, dimension: str, value: str) -> int:
        if self._is_full(dimension):
            value = OTHER
            self.is_full = True
        places = self._places[dimension]
        if value not in places:
            self.numbers.append(self._next_number())
            self._dimensions.append(self._names.index(dimension))
            self._values.append(sys.intern(value))  # most are other dimensions' or sites' too
            self._set_place(places, self._values[-1], len(self._values) - 1)
        return self.numbers[places[value]]

    def _next_number(self) -> int:
        """Return one of the day's numbers at random, so that it does not tell what came together."""
        if not self._free:
            count = _MORE_BLOCKS if self.blocks else 1
            blocks = [self._symbols.new_block(self) for _ in range(count)]
            self.blocks += blocks
            self._by_block |= {block: array("I", bytes(4 << BLOCK_BITS)) for block in blocks}
            numbers = np.arange(blocks[0] << BLOCK_BITS, blocks[-1] + 1 << BLOCK_BITS)
            self._free = array("I", _random.permutation(numbers.astype(np.uint32)).tobytes())
        return self._free.pop()


class Symbols:
    """All numbers in use, over all sites and days. A number is never used again."""

    def __init__(self, caps: Mapping[str, int]) -> None:
        """`caps` overrides how many distinct values a dimension may have, a site and day."""
        self.caps = {TOTALS: 1} | {d.name: caps.get(d.name, d.cap) for d in DIMENSIONS}
        self.session = secrets.token_bytes(_SESSION_BYTES)
        """Under which a number means one thing for good."""
        self._days: dict[int, SiteDay] = {}
        """By block."""
        self._ks = array("q", [0])
        """Of the site of each block; the first block is nobody's, so that no number is 0."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Go on in a session of its own: another process may have given the next numbers."""
        self.__dict__.update(state)
        self.session = secrets.token_bytes(_SESSION_BYTES)

    def day(self, site: Site, day: date) -> SiteDay:
        """Return a new, empty day of a site."""
        return SiteDay(site, day, self)

    def new_block(self, day: SiteDay) -> int:
        """Return a new block of numbers for a day."""
        block = len(self._ks)
        self._ks.append(day.site.k)
        self._days[block] = day
        return block

    def name(self, number: int) -> Name:
        """Return what a number stands for; raises KeyError for one that is not in use."""
        return self._days[number >> BLOCK_BITS].name(number)

    def forget(self, blocks: Iterable[int]) -> None:
        """Forget what the numbers of blocks stand for."""
        for block in blocks:
            del self._days[block]

    def ks(self, numbers: Integers) -> Integers:
        """Return the crowd that the site of each number asks for."""
        return np.frombuffer(self._ks, np.int64).take(numbers >> BLOCK_BITS)


def is_prop(dimension: str) -> bool:
    """Whether a dimension is a custom property's."""
    return dimension.startswith(PROP_PREFIX)
