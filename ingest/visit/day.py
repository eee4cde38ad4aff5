"""A site's day in memory."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ingest.fold.symbols import SiteDay, is_prop
from ingest.settings import Site
from ingest.store.dimensions import FREE_TEXT, NONE, OTHER, PROP_CAP
from ingest.visit.first_seen import FirstSeen
from ingest.visit.free_text import FreeText
from ingest.visit.hit import How, Where, Who

WIDE = (*How._fields, "entry_page", *Who._fields)
"""Visit-wide dimensions. The exit page is not among them, since it moves."""
_EXIT = ("exit_page",)
Places = tuple[int, ...]
"""Symbols of page, section and hostname."""


class Day:
    """Its symbols, and until midnight what its visitors have been counted for.

    After midnight it lives on, without that, as long as visits that began on it run.
    """

    __slots__ = (
        "_free_text",
        "_in_use",
        "_recent",
        "_recent_places",
        "date",
        "number",
        "running",
        "seen",
        "site",
        "symbols",
    )

    def __init__(
        self,
        site: Site,
        day: date,
        number: int,
        *,
        symbols: SiteDay,
        seen: FirstSeen,
        in_use: "set[Day]",
    ) -> None:
        """Begin a day; `number` is no other day's. It adds itself to days `in_use`."""
        self.site = site
        self.date = day
        self.number = number
        self.symbols = symbols
        self.seen: FirstSeen | None = seen
        self.running = 0
        """Running visits that began on this day."""
        self._free_text: FreeText | None = FreeText(site.k, PROP_CAP)
        self._recent: dict[tuple[str, ...], list[dict[str, int]]] = {}
        self._recent_places: dict[Where, Places] = {}
        self._in_use = in_use

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is found again."""
        found_again: dict[str, Any] = {"_recent": {}, "_recent_places": {}}
        return {name: getattr(self, name) for name in self.__slots__} | found_again

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take it over."""
        for name, value in state.items():
            setattr(self, name, value)

    def symbols_of(self, names: tuple[str, ...], values: Sequence[str]) -> list[int]:
        """Return the symbol of a value of each dimension of `names`: one of the tuples of this file."""
        try:
            pairs = zip(self._recent[names], values, strict=True)
            return [numbers[value] for numbers, value in pairs]
        except KeyError:
            return self._find(names, values)

    def places(self, where: Where) -> Places:
        """Return the symbols of a place, which all of its hits share."""
        found = self._recent_places.get(where)
        if found is None:
            found = tuple(self.symbols_of(Where._fields, where))
            if not self.symbols.is_full or all(map(self.symbols.has, Where._fields, where)):
                self._recent_places[where] = found
        return found

    def exit_page(self, page: str) -> int:
        """Return the symbol of an exit page."""
        try:
            return self._recent[_EXIT][0][page]
        except KeyError:
            return self._find(_EXIT, (page,))[0]

    def forget_recent(self) -> None:
        """Give up what makes finding symbols quick, until they are asked for again."""
        self._recent = {}
        self._recent_places = {}

    def tell(self, dimension: str, value: str, visitor: int) -> str:
        """Return the value as it may be told: free text only once k visitors of the day share it."""
        if value == NONE or not (dimension in FREE_TEXT or is_prop(dimension)):
            return value
        return self._free_text.admit(dimension, value, visitor) if self._free_text else OTHER

    def end(self) -> None:
        """Forget at midnight what visitors were counted for."""
        self.seen = self._free_text = None

    def _find(self, names: tuple[str, ...], values: Sequence[str]) -> list[int]:
        if names not in self._recent:
            self._recent[names] = [{} for _ in names]
            self._in_use.add(self)
        symbol, has, found = self.symbols.symbol, self.symbols.has, []
        for name, numbers, value in zip(names, self._recent[names], values, strict=True):
            number = numbers.get(value) or symbol(name, value)
            if not self.symbols.is_full or has(name, value):
                numbers[value] = number
            found.append(number)
        return found
