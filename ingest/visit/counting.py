"""What a hit of a visit adds to the cells of both tables.

`ingest.store.tables` says what each counter means and at which hour it stands.
"""

import operator
from array import array
from collections.abc import Iterator
from itertools import combinations

from ingest.fold.ledger import Counters, Ledger, counters, hour_base, pair_base
from ingest.fold.symbols import is_prop
from ingest.store.dimensions import PROP_PREFIX
from ingest.store.tables import COUNTERS
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen
from ingest.visit.hit import Hit, Kind, Where
from ingest.visit.visit import CROSSED_HIT, Visit

_VISITOR = counters(visitors=1)
_HOUR_VISITOR = counters(hour_visitors=1)
_VISIT = counters(visits=1)
_EXIT = counters(exits=1)
_EXIT_TAKEN_BACK = counters(exits=-1)
_VISITORS = COUNTERS.index("visitors")
_HOUR_VISITORS = COUNTERS.index("hour_visitors")
_VISITS = COUNTERS.index("visits")
_ENTRIES = COUNTERS.index("entries")


def count_in_totals(hit: Hit, hour: int, day: Day, ledger: Ledger) -> None:
    """Count a hit of nobody's: in the site's totals alone."""
    ledger.traffic.add(array("q", (day.symbols.total,)), hour_base(hour), _brought(hit))


def count_hit(visit: Visit, hit: Hit, hour: int, begins: bool, ledger: Ledger) -> None:
    """Count a hit in its visit, whose current day and visitor are the hit's."""
    tally = _Tally(visit, hit, hour, begins, ledger)
    tally.count_wide()
    tally.count_visitor()
    tally.count_places()
    tally.count_labels()
    tally.count_entry()
    tally.count_exit()
    tally.count_exit_page()


class _Tally:
    """One hit being counted.

    "Now" is the hit's hour and day, "then" the hour and the day in which its visit began.
    """

    __slots__ = ("before", "begins", "brought", "changed", "hit", "hour", "ledger", "visit")

    def __init__(self, visit: Visit, hit: Hit, hour: int, begins: bool, ledger: Ledger) -> None:
        self.visit = visit
        self.hit = hit
        self.hour = hour
        self.begins = begins
        self.ledger = ledger
        self.brought = _add(_brought(hit), _scrolled(visit, hit))
        self.changed = _change(visit, hit, begins)
        self.before = visit.exit
        if hit.kind is not Kind.ENGAGEMENT:
            visit.exit = hit.where

    def count_wide(self) -> None:
        """Count in the totals, in visit-wide dimensions and in their pairs."""
        then, now = self.visit.cells, self.visit.cells_now
        traffic, crosstabs = self.ledger.traffic, self.ledger.crosstabs
        both = _add(self.brought, self.changed)
        if self.hour == self.visit.hour:
            traffic.add(now.wide, hour_base(self.hour), both)
        else:
            traffic.add(now.wide, hour_base(self.hour), self.brought)
            traffic.add(then.wide, hour_base(self.visit.hour), self.changed)
        if now is then:
            crosstabs.add(now.wide_pairs, 0, both)
        else:
            crosstabs.add(now.wide_pairs, 0, self.brought)
            crosstabs.add(then.wide_pairs, 0, self.changed)

    def count_visitor(self) -> None:
        """Count the visitor, once a day and once an hour for each of the visit's dimensions."""
        if self.hour == self.visit.counted_hour:
            return
        self.visit.counted_hour = self.hour
        seen = self._seen()
        self._count_visitor_once(seen, _VISITOR)
        self._count_visitor_once(seen.in_hour(self.hour), _HOUR_VISITOR)
        self._count_visitor_in_pairs(seen)

    def count_places(self) -> None:
        """Count in page, section and hostname."""
        for dimension, value in zip(Where._fields, self.hit.where, strict=True):
            self._count_value(dimension, value, self.brought)

    def count_labels(self) -> None:
        """Count event, goals and custom properties: hits, visits and visitors."""
        brought = _brought(self.hit)
        for dimension, value in _labels(self.hit):
            if not is_prop(dimension) or self._takes_prop(dimension):
                told = self.visit.day_now.tell(dimension, value, self.visit.visitor)
                self._count_value(dimension, told, brought)

    def count_entry(self) -> None:
        """Count the visit's bounce and length where it began."""
        gains = list(self.changed)
        gains[_VISITS] = 0
        gains[_ENTRIES] = int(self.begins)
        for dimension, value in zip(Where._fields, self.visit.entry, strict=True):
            self._add_then(dimension, value, tuple(gains))

    def count_exit(self) -> None:
        """Count where the visit is now as where it ended so far."""
        for dimension, old, new in zip(Where._fields, self.before, self.visit.exit, strict=True):
            if old != new:
                self._add_then(dimension, old, _EXIT_TAKEN_BACK)
            if old != new or self.begins:
                self._add_then(dimension, new, _EXIT)

    def count_exit_page(self) -> None:
        """Count all that the visit counts at its exit page, and move it along with it."""
        visit = self.visit
        gains = _add(self.brought, self.changed)
        if self.before.page != visit.exit.page:
            taken_back = tuple(-gain for gain in visit.exit_gains)
            self._add_then("exit_page", self.before.page, taken_back)
            gains = _add(gains, visit.exit_gains)
            visit.exit_gains = counters()
        if self.begins or self.before.page != visit.exit.page:
            gains = self._with_exit_visitor(gains)
        visit.exit_gains = _add(visit.exit_gains, gains)
        self._add_then("exit_page", visit.exit.page, gains)

    def _count_visitor_once(self, seen: FirstSeen, one: Counters) -> None:
        """Count one visitor, whose visits differ in how they came and in the screen.

        The rest of who came is the same in all of them, but for contradicting client hints: there
        the day's first visit counts.
        """
        cells, visitor, base = self.visit.cells_now, self.visit.visitor, hour_base(self.hour)
        if seen.add("who", visitor):
            self.ledger.traffic.add(cells.who, base, one)
            if one is _VISITOR:
                self.ledger.crosstabs.add(cells.who_pairs, 0, one)
        new = [symbol for symbol in cells.varying if seen.add("wide", visitor, symbol)]
        self.ledger.traffic.add(array("q", new), base, one)

    def _count_visitor_in_pairs(self, seen: FirstSeen) -> None:
        cells, visitor = self.visit.cells_now, self.visit.visitor
        for how in cells.crossed_how:
            if seen.add("how and who", visitor, how):
                self.ledger.crosstabs.add(cells.crossed_who, pair_base(how), _VISITOR)
        for a, b in combinations(cells.crossed_how, 2):
            if seen.add("how and how", visitor, a, b):
                self.ledger.crosstabs.add(array("q", (b,)), pair_base(a), _VISITOR)

    def _count_value(self, dimension: str, value: str, brought: Counters) -> None:
        """Count in a value of a hit's dimension: what the hit brought, its visit, its visitor."""
        visit = self.visit
        now = visit.day_now.symbols.symbol(dimension, value)
        self.ledger.traffic.add(array("q", (now,)), hour_base(self.hour), brought)
        if dimension in CROSSED_HIT:
            self.ledger.crosstabs.add(visit.cells_now.crossed, pair_base(now), brought)
        if now in visit.seen:
            return
        then = visit.day.symbols.symbol(dimension, value)
        if then not in visit.seen:
            self._add_then(dimension, value, _VISIT)
        visit.seen.update((then, now))
        self._count_visitor_of_value(dimension, now)

    def _count_visitor_of_value(self, dimension: str, symbol: int) -> None:
        """Count the visitor, once a day for the value and for each pair it makes."""
        seen, cells, visitor = self._seen(), self.visit.cells_now, self.visit.visitor
        is_new = seen.add("value", visitor, symbol)
        if is_new:
            self.ledger.traffic.add(array("q", (symbol,)), hour_base(self.hour), _VISITOR)
        if dimension not in CROSSED_HIT:
            return
        if is_new:
            self.ledger.crosstabs.add(cells.crossed_who, pair_base(symbol), _VISITOR)
        new = [how for how in cells.crossed_how if seen.add("value and how", visitor, symbol, how)]
        self.ledger.crosstabs.add(array("q", new), pair_base(symbol), _VISITOR)

    def _with_exit_visitor(self, gains: Counters) -> Counters:
        """Return the gains of a new exit page with its visitor, if this visit is the one to count.

        After midnight the day's sets are gone; then the visitor moves along as the rest does.
        """
        visit, seen = self.visit, self.visit.day.seen
        if seen is None or visit.day is not visit.day_now:
            return gains
        symbol = visit.day.symbols.symbol
        if gains[_VISITORS]:
            seen.remove("exit_page", visit.visitor, symbol("exit_page", self.before.page))
        counts = seen.add("exit_page", visit.visitor, symbol("exit_page", visit.exit.page))
        with_visitor = list(gains)
        with_visitor[_VISITORS] = with_visitor[_HOUR_VISITORS] = int(counts)
        return tuple(with_visitor)

    def _add_then(self, dimension: str, value: str, gains: Counters) -> None:
        """Add to a value and its pairs at the hour in which the visit began."""
        symbol = self.visit.day.symbols.symbol(dimension, value)
        self.ledger.traffic.add(array("q", (symbol,)), hour_base(self.visit.hour), gains)
        if dimension in CROSSED_HIT:
            self.ledger.crosstabs.add(self.visit.cells.crossed, pair_base(symbol), gains)

    def _seen(self) -> FirstSeen:
        seen = self.visit.day_now.seen
        assert seen is not None, "a visit's current day is today"  # noqa: S101
        return seen

    def _takes_prop(self, dimension: str) -> bool:
        then, now = self.visit.day.symbols, self.visit.day_now.symbols
        return then.takes_prop(dimension) and now.takes_prop(dimension)


def _brought(hit: Hit) -> Counters:
    """Return what a hit brings by itself, at its own hour."""
    return counters(
        pageviews=int(hit.kind is Kind.PAGEVIEW),
        events=int(hit.kind is Kind.EVENT),
        engagement=hit.engaged,
    )


def _scrolled(visit: Visit, hit: Hit) -> Counters:
    """Return how much deeper the page was seen than the visit has told before."""
    before = visit.pages.setdefault(hit.where.page, -1)
    if hit.kind is not Kind.ENGAGEMENT:
        return counters()
    deepest = visit.pages[hit.where.page] = max(before, hit.scroll)
    return counters(scroll=deepest - max(before, 0), scroll_visits=int(before < 0))


def _change(visit: Visit, hit: Hit, begins: bool) -> Counters:
    """Note what a hit changes of its visit; return it, for the hour in which the visit began."""
    visit.pageviews += hit.kind is Kind.PAGEVIEW
    visit.interacted |= hit.kind is Kind.EVENT and hit.interactive
    bounced = visit.pageviews <= 1 and not visit.interacted
    longer = max(hit.time - visit.last, 0)
    changed = counters(visits=int(begins), bounces=bounced - visit.bounced, duration=longer)
    visit.bounced = bounced
    visit.last += longer
    return changed


def _labels(hit: Hit) -> Iterator[tuple[str, str]]:
    if hit.event:
        yield "event", hit.event
    for goal in hit.goals:
        yield "goal", goal
    for name, value in hit.props:
        yield PROP_PREFIX + name, value


def _add(a: Counters, b: Counters) -> Counters:
    return tuple(map(operator.add, a, b))
