"""A site's day in memory."""

from collections.abc import Mapping, Sequence
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

_OF_SYMBOLS = ("_numbers", "_places")


class Day:
    """Its symbols, and until midnight what its visitors have been counted for.

    After midnight it lives on, without that, as long as visits that began on it run.
    """

    __slots__ = (
        "_free_text",
        "_numbers",
        "_places",
        "date",
        "number",
        "running",
        "seen",
        "site",
        "symbols",
    )

    def __init__(
        self, site: Site, day: date, number: int, symbols: SiteDay, seen: FirstSeen
    ) -> None:
        """Begin a day; `number` is no other day's."""
        self.site = site
        self.date = day
        self.number = number
        self.symbols = symbols
        self.seen: FirstSeen | None = seen
        self.running = 0
        """Running visits that began on this day."""
        self._free_text: FreeText | None = FreeText(site.k, PROP_CAP)
        self._find_places()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the symbols have."""
        return {name: getattr(self, name) for name in self.__slots__ if name not in _OF_SYMBOLS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Find it there again."""
        for name, value in state.items():
            setattr(self, name, value)
        self._find_places()

    def symbols_of(self, names: tuple[str, ...], values: Sequence[str]) -> list[int]:
        """Return the symbol of a value of each dimension of `Where._fields` or `WIDE`."""
        try:
            numbers, pairs = self._numbers, zip(self._places[names], values, strict=True)
            return [numbers[places[value]] for places, value in pairs]
        except KeyError:
            symbol = self.symbols.symbol
            return [symbol(*pair) for pair in zip(names, values, strict=True)]

    def tell(self, dimension: str, value: str, visitor: int) -> str:
        """Return the value as it may be told: free text only once k visitors of the day share it."""
        if value == NONE or not (dimension in FREE_TEXT or is_prop(dimension)):
            return value
        return self._free_text.admit(dimension, value, visitor) if self._free_text else OTHER

    def end(self) -> None:
        """Forget at midnight what visitors were counted for."""
        self.seen = self._free_text = None

    def _find_places(self) -> None:
        self._numbers = self.symbols.numbers
        self._places: dict[tuple[str, ...], list[Mapping[str, int]]] = {
            names: [self.symbols.places(name) for name in names] for names in (Where._fields, WIDE)
        }
