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
from ingest.store.names import Name
from ingest.store.records import Integers

BLOCK_BITS = 8
"""Numbers are given out in blocks of 256, each to one site's day; so a number tells its site."""
_IN_BLOCK = (1 << BLOCK_BITS) - 1
_MOST_BLOCKS = 4
"""That a day takes at once; it takes no more than it has."""
_SESSION_BYTES = 16
_random = np.random.default_rng()
_FIRST_ROOM, _MOST_FILLED = 64, 0.75
_TABLES = ("_first_places", "_table")


class SiteDay:
    """A site's day: the values that its hits brought, each with its number.

    A number tells a value's place among the day's, and a hash table of places finds it: some 15
    bytes and its text, where dicts of numbers take 110.
    """

    def __init__(self, site: Site, day: date, symbols: "Symbols") -> None:
        self.site = site
        self.day = day
        self.blocks: list[int] = []
        self.is_full = False
        """Whether a value has become `(other)`."""
        self._values: list[str | None] = []
        self._dimensions = array("H")
        """By place: a value, None for one that is free, and its dimension (by turn)."""
        self._counts = array("I", bytes(4 * len(symbols.caps)))
        """Values of each dimension, by turn."""
        self._props: dict[str, int] = {}
        """Turns of custom properties, after those of `Symbols.turns`."""
        self._symbols = symbols
        self._free = array("I")
        self._make_tables()
        self.total = self.symbol(TOTALS, TOTALS)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the tables."""
        return {name: value for name, value in vars(self).items() if name not in _TABLES}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make them again."""
        vars(self).update(state)
        self._make_tables()

    def symbol(self, dimension: str, value: str) -> int:
        """Return the number of a value; past the dimension's cap that of `(other)`."""
        turn = self._turn(dimension)
        number = self._find(turn, value)
        if number is not None:
            return number
        if self._is_full(dimension, turn):
            self.is_full = True
            number = self._find(turn, OTHER)
            value = OTHER
        return self._add(turn, value) if number is None else number

    def find(self, dimension: str, value: str) -> int | None:
        """Return the number of a value as `symbol` does, or None if it would need a new one."""
        turn = self._turn(dimension)
        number = self._find(turn, value)
        is_other = number is None and self._is_full(dimension, turn)
        return self._find(turn, OTHER) if is_other else number

    def has(self, dimension: str, value: str) -> bool:
        """Whether a value has a number of its own."""
        return self._find(self._turn(dimension), value) is not None

    def name(self, number: int) -> Name:
        """Return what one of the day's numbers stands for."""
        place = self._first_places[number >> BLOCK_BITS] + (number & _IN_BLOCK)
        value = self._values[place]
        if value is None:
            raise KeyError(number)
        turn, names = self._dimensions[place], self._symbols.names
        dimension = names[turn] if turn < len(names) else list(self._props)[turn - len(names)]
        return Name(self.site.domain, self.day, dimension, value)

    def takes_prop(self, dimension: str) -> bool:
        """Whether the day has, or has room for, the dimension of a custom property."""
        if dimension not in self._props:
            if len(self._props) >= PROP_NAMES_CAP:
                return False
            self._props[dimension] = len(self._counts)
            self._counts.append(0)
        return True

    def forget(self) -> list[int]:
        """Give the day's numbers back; return their blocks."""
        self._symbols.forget(self.blocks)
        return self.blocks

    def _make_tables(self) -> None:
        self._find_first_places()
        self._table = array("H", bytes(2 * _FIRST_ROOM))
        """Places plus 1, open addressing with linear probing; 0 where there is none."""
        while self._used() >= _MOST_FILLED * len(self._table):
            self._grow()
        self._refill()

    def _turn(self, dimension: str) -> int:
        turn = self._symbols.turns.get(dimension)
        return self._props[dimension] if turn is None else turn

    def _find(self, turn: int, value: str) -> int | None:
        """Return the number of a dimension's value, if it has one."""
        table = self._table
        mask = len(table) - 1
        at = hash((turn, value)) & mask
        while place := table[at]:
            if self._values[place - 1] == value and self._dimensions[place - 1] == turn:
                return self._number(place - 1)
            at = at + 1 & mask
        return None

    def _is_full(self, dimension: str, turn: int) -> bool:
        return self._counts[turn] >= self._symbols.caps.get(dimension, PROP_CAP)

    def _add(self, turn: int, value: str) -> int:
        """Add a value that has no number yet; return its new one."""
        place = self._next_place()
        self._values[place] = sys.intern(value)  # most are other dimensions' or sites' too
        self._dimensions[place] = turn
        self._counts[turn] += 1
        if self._used() > _MOST_FILLED * len(self._table):
            self._grow()
            self._refill()
        else:
            self._set(turn, value, place)
        return self._number(place)

    def _find_first_places(self) -> None:
        self._first_places = {block: n << BLOCK_BITS for n, block in enumerate(self.blocks)}
        """Of each block."""

    def _used(self) -> int:
        """Return how many values there are."""
        return len(self._values) - len(self._free)

    def _number(self, place: int) -> int:
        return (self.blocks[place >> BLOCK_BITS] << BLOCK_BITS) + (place & _IN_BLOCK)

    def _grow(self) -> None:
        room = 2 * len(self._table)
        kind = "H" if room <= 1 << 16 else "I"
        self._table = array(kind, bytes(array(kind).itemsize * room))

    def _refill(self) -> None:
        for place, (turn, value) in enumerate(zip(self._dimensions, self._values, strict=True)):
            if value is not None:
                self._set(turn, value, place)

    def _set(self, turn: int, value: str, place: int) -> None:
        table = self._table
        mask = len(table) - 1
        at = hash((turn, value)) & mask
        while table[at]:
            at = at + 1 & mask
        table[at] = place + 1

    def _next_place(self) -> int:
        """Return a free place at random, so that its number does not tell what came together."""
        if not self._free:
            count = min(len(self.blocks) or 1, _MOST_BLOCKS)
            first, more = len(self._values), count << BLOCK_BITS
            self.blocks += [self._symbols.new_block(self) for _ in range(count)]
            self._find_first_places()
            self._values += [None] * more
            self._dimensions.extend(bytes(more))
            free = np.arange(first, first + more, dtype=np.uint32)
            self._free = array("I", _random.permutation(free).tobytes())
        return self._free.pop()


class Symbols:
    """All numbers in use, over all sites and days. A number is never used again."""

    def __init__(self, caps: Mapping[str, int]) -> None:
        """`caps` overrides how many distinct values a dimension may have, a site and day."""
        self.caps = {TOTALS: 1} | {d.name: caps.get(d.name, d.cap) for d in DIMENSIONS}
        self.names = list(self.caps)
        """The dimensions of every site's day, and the turn of each."""
        self.turns = {name: turn for turn, name in enumerate(self.names)}
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
