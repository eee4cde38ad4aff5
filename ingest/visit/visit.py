"""A visit, and the cells that its dimensions make. Memory only."""

from array import array
from collections.abc import Iterable

from ingest.fold.ledger import Counters, counters, pair_base
from ingest.store.dimensions import FREE_TEXT, PAIRS, crossed_with
from ingest.visit.day import Day
from ingest.visit.hit import Hit, How, Where, Who

_WIDE = (*How._fields, "entry_page", *Who._fields)
_PAGE = Where._fields[0]
_CROSSED = crossed_with(_PAGE)
"""The visit-wide dimensions that meet others in `crosstabs`."""
_CROSSED_HOW = tuple(name for name in _CROSSED if name not in Who._fields)
_CROSSED_WHO = tuple(name for name in _CROSSED if name in Who._fields)
_WIDE_PAIRS = tuple((a, b) for a, b in PAIRS if a in _CROSSED)
_WHO_PAIRS = tuple((a, b) for a, b in _WIDE_PAIRS if a in _CROSSED_WHO)
_SAME_FOR_A_VISITOR = tuple(name for name in Who._fields if name != "screen")

CROSSED_HIT = frozenset(a for a, b in PAIRS if a not in _CROSSED)
"""The hit's dimensions that meet visit-wide ones in `crosstabs`."""


class Cells:
    """The symbols of one day that a visit's dimensions make, as `Column.add` takes them.

    The exit page is not among them, since it moves.
    """

    __slots__ = (
        "crossed",
        "crossed_how",
        "crossed_who",
        "varying",
        "who",
        "who_pairs",
        "wide",
        "wide_pairs",
    )

    def __init__(self, wide: "Iterable[int] | bytes") -> None:
        """`wide` has the symbol of the totals, and of each visit-wide dimension in their order."""
        self.wide = array("q", wide)
        symbols = dict(zip(_WIDE, self.wide[1:], strict=True))
        same = {name: symbols[name] for name in _SAME_FOR_A_VISITOR}
        self.wide_pairs = _pair_cells(symbols, _WIDE_PAIRS)
        self.crossed = array("q", [symbols[name] for name in _CROSSED])
        self.crossed_how = array("q", [symbols[name] for name in _CROSSED_HOW])
        self.crossed_who = array("q", [symbols[name] for name in _CROSSED_WHO])
        self.who = array("q", (self.wide[0], *same.values()))
        self.who_pairs = _pair_cells(symbols, _WHO_PAIRS)
        self.varying = array("q", [symbols[name] for name in symbols if name not in same])
        """Symbols in which the visits of one visitor can differ."""

    def __reduce__(self) -> tuple[type["Cells"], tuple[bytes]]:
        """Freeze as what the rest is made from."""
        return Cells, (self.wide.tobytes(),)


def _pair_cells(symbols: dict[str, int], pairs: tuple[tuple[str, str], ...]) -> "array[int]":
    return array("q", [pair_base(symbols[a]) + symbols[b] for a, b in pairs])


class Visit:
    """A visitor's hits on one site with no gap over 30 minutes."""

    __slots__ = (
        "_values",
        "bounced",
        "cells",
        "cells_now",
        "counted_hour",
        "day",
        "day_now",
        "entry",
        "exit",
        "exit_gains",
        "hour",
        "interacted",
        "last",
        "pages",
        "pageviews",
        "seen",
        "started",
        "visitor",
    )

    def __init__(self, hit: Hit, visitor: int, day: Day, hour: int) -> None:
        self.started = self.last = hit.time
        self.hour = hour
        self.visitor = visitor
        self.counted_hour = -1
        """The hour in which the visitor was counted last."""
        self.pageviews = 0
        self.interacted = False
        self.bounced = False
        self.seen: set[int] = set()
        """Symbols (of its first day and of the current one) of what it has brought."""
        self.pages: dict[str, int] = {}
        """The deepest scroll on each page seen, in percent; -1 until one is told."""
        self.entry = self.exit = hit.where
        self.exit_gains: Counters = counters()
        """All that the visit counts at its exit page."""
        self._values = How._asdict(hit.how) | {"entry_page": hit.where.page} | Who._asdict(hit.who)
        self.day = self.day_now = day
        self.cells = self.cells_now = self._cells_of(day)
        day.running += 1

    def enter_day(self, day: Day, visitor: int) -> None:
        """Go on after midnight, under the new day's visitor key."""
        self.visitor = visitor
        self.day_now = day
        self.cells_now = self._cells_of(day)

    def _cells_of(self, day: Day) -> Cells:
        told = {name: day.tell(name, self._values[name], self.visitor) for name in FREE_TEXT}
        values = self._values | told
        symbol = day.symbols.symbol
        return Cells((day.symbols.total, *(symbol(name, values[name]) for name in _WIDE)))
