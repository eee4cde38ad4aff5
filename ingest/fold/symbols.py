"""Dimension values as small numbers, within the caps: what cells are made of."""

import secrets
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


class SiteDay:
    """A site's day: the values that its hits brought, each with its number."""

    def __init__(self, site: Site, day: date, symbols: "Symbols") -> None:
        self.site = site
        self.day = day
        self.blocks: list[int] = []
        self._dimensions: list[str] = []
        self._values: list[str] = []
        """What has a number, in the order in which it came, and its place there by block."""
        self._places: dict[int, array[int]] = {}
        self.is_full = False
        """Whether a value has become `(other)`."""
        self._symbols = symbols
        self._free = np.empty(0, np.uint32)
        self._numbers: dict[str, dict[str, int]] = {name: {} for name in symbols.caps}
        self.total = self.symbol(TOTALS, TOTALS)

    def symbol(self, dimension: str, value: str) -> int:
        """Return the number of a value; past the dimension's cap that of `(other)`."""
        number = self._numbers[dimension].get(value)
        return self._admit(dimension, value) if number is None else number

    def numbers(self, dimension: str) -> Mapping[str, int]:
        """Return the numbers of a dimension's values so far, which follow what is added."""
        return self._numbers[dimension]

    def find(self, dimension: str, value: str) -> int | None:
        """Return the number of a value as `symbol` does, or None if it would need a new one."""
        numbers = self._numbers[dimension]
        number = numbers.get(value)
        return numbers.get(OTHER) if number is None and self._is_full(dimension) else number

    def has(self, dimension: str, value: str) -> bool:
        """Whether a value has a number of its own."""
        return value in self._numbers[dimension]

    def name(self, number: int) -> Name:
        """Return what one of the day's numbers stands for."""
        place = self._places[number >> BLOCK_BITS][number & _IN_BLOCK]
        return Name(self.site.domain, self.day, self._dimensions[place], self._values[place])

    def takes_prop(self, dimension: str) -> bool:
        """Whether the day has, or has room for, the dimension of a custom property."""
        if dimension not in self._numbers:
            if len(self._numbers) >= len(self._symbols.caps) + PROP_NAMES_CAP:
                return False
            self._numbers[dimension] = {}
        return True

    def forget(self) -> list[int]:
        """Give the day's numbers back; return their blocks."""
        self._symbols.forget(self.blocks)
        return self.blocks

    def _is_full(self, dimension: str) -> bool:
        return len(self._numbers[dimension]) >= self._symbols.caps.get(dimension, PROP_CAP)

    def _admit(self, dimension: str, value: str) -> int:
        if self._is_full(dimension):
            value = OTHER
            self.is_full = True
        numbers = self._numbers[dimension]
        number = numbers.get(value)
        if number is None:
            number = numbers[value] = self._next_number()
            self._places[number >> BLOCK_BITS][number & _IN_BLOCK] = len(self._values)
            self._dimensions.append(dimension)
            self._values.append(value)
        return number

    def _next_number(self) -> int:
        """Return one of the day's numbers at random, so that it does not tell what came together."""
        if not len(self._free):
            count = _MORE_BLOCKS if self.blocks else 1
            blocks = [self._symbols.new_block(self) for _ in range(count)]
            self.blocks += blocks
            self._places |= {block: array("I", bytes(4 << BLOCK_BITS)) for block in blocks}
            numbers = np.arange(blocks[0] << BLOCK_BITS, blocks[-1] + 1 << BLOCK_BITS)
            self._free = _random.permutation(numbers.astype(np.uint32))
        number, self._free = int(self._free[-1]), self._free[:-1]
        return number


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
