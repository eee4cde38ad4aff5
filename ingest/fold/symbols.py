"""Dimension values as small numbers, within the caps: what cells are made of."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from ingest.settings import Site
from ingest.store.dimensions import (
    DIMENSIONS,
    OTHER,
    PROP_CAP,
    PROP_NAMES_CAP,
    PROP_PREFIX,
    TOTALS,
)


class Symbol(NamedTuple):
    """What a number stands for."""

    site: Site
    day: date
    dimension: str
    value: str


class SiteDay:
    """A site's day: the values that its hits brought, each with its number."""

    def __init__(self, site: Site, day: date, symbols: "Symbols") -> None:
        self.site = site
        self.day = day
        self._symbols = symbols
        self._numbers: dict[str, dict[str, int]] = {name: {} for name in symbols.caps}
        self.total = self.symbol(TOTALS, TOTALS)

    def symbol(self, dimension: str, value: str) -> int:
        """Return the number of a value; past the dimension's cap that of `(other)`."""
        numbers = self._numbers[dimension]
        number = numbers.get(value)
        return self._admit(dimension, numbers, value) if number is None else number

    def takes_prop(self, dimension: str) -> bool:
        """Whether the day has, or has room for, the dimension of a custom property."""
        if dimension not in self._numbers:
            if len(self._numbers) >= len(self._symbols.caps) + PROP_NAMES_CAP:
                return False
            self._numbers[dimension] = {}
        return True

    def forget(self) -> list[int]:
        """Give the day's numbers back and return them."""
        gone = [number for numbers in self._numbers.values() for number in numbers.values()]
        for number in gone:
            self._symbols.names.pop(number, None)
        return gone

    def _admit(self, dimension: str, numbers: dict[str, int], value: str) -> int:
        if len(numbers) >= self._symbols.caps.get(dimension, PROP_CAP):
            value = OTHER
        number = numbers.get(value)
        if number is None:
            number = self._symbols.number(Symbol(self.site, self.day, dimension, value))
            numbers[value] = number
        return number


class Symbols:
    """All numbers in use, over all sites and days. A number is never used again."""

    def __init__(self, caps: Mapping[str, int]) -> None:
        """`caps` overrides how many distinct values a dimension may have, a site and day."""
        self.caps = {TOTALS: 1} | {d.name: caps.get(d.name, d.cap) for d in DIMENSIONS}
        self.names: dict[int, Symbol] = {}
        self._last = 0

    def day(self, site: Site, day: date) -> SiteDay:
        """Return a new, empty day of a site."""
        return SiteDay(site, day, self)

    def number(self, symbol: Symbol) -> int:
        """Return a new number for a value."""
        self._last += 1
        self.names[self._last] = symbol
        return self._last


def is_prop(dimension: str) -> bool:
    """Whether a dimension is a custom property's."""
    return dimension.startswith(PROP_PREFIX)
