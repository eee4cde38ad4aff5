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
    brought = _add(_brought(hit), _scrolled(visit, hit))
    changed = _change(visit, hit, begins)
    _count_wide(visit, hour, brought, changed, ledger)
    _count_visitor(visit, hour, ledger)
    for dimension, value in zip(Where._fields, hit.where, strict=True):
        _count_value(visit, dimension, value, hour, brought, ledger)
    _count_labels(visit, hit, hour, ledger)
    _count_entry(visit, begins, changed, ledger)
    _count_exit(visit, hit, begins, _add(brought, changed), ledger)


def _brought(hit: Hit) -> Counters:
    """What a hit brings by itself, at its own hour."""
    return counters(
        pageviews=int(hit.kind is Kind.PAGEVIEW),
        events=int(hit.kind is Kind.EVENT),
        engagement=hit.engaged,
    )


def _scrolled(visit: Visit, hit: Hit) -> Counters:
    """How much deeper the page was seen than the visit has told before."""
    before = visit.pages.setdefault(hit.where.page, -1)
    if hit.kind is not Kind.ENGAGEMENT:
        return counters()
    deepest = visit.pages[hit.where.page] = max(before, hit.scroll)
    return counters(scroll=deepest - max(before, 0), scroll_visits=int(before < 0))


def _change(visit: Visit, hit: Hit, begins: bool) -> Counters:
    """What a hit changes of its visit, at the hour in which the visit began."""
    visit.pageviews += hit.kind is Kind.PAGEVIEW
    visit.interacted |= hit.kind is Kind.EVENT and hit.interactive
    bounced = visit.pageviews <= 1 and not visit.interacted
    longer = max(hit.time - visit.last, 0)
    changed = counters(visits=int(begins), bounces=bounced - visit.bounced, duration=longer)
    visit.bounced = bounced
    visit.last += longer
    return changed


def _count_wide(
    visit: Visit, hour: int, brought: Counters, changed: Counters, ledger: Ledger
) -> None:
    """Totals, visit-wide dimensions and their pairs."""
    then, now = visit.cells, visit.cells_now
    if hour == visit.hour:
        ledger.traffic.add(now.wide, hour_base(hour), _add(brought, changed))
    else:
        ledger.traffic.add(now.wide, hour_base(hour), brought)
        ledger.traffic.add(then.wide, hour_base(visit.hour), changed)
    if now is then:
        ledger.crosstabs.add(now.wide_pairs, 0, _add(brought, changed))
    else:
        ledger.crosstabs.add(now.wide_pairs, 0, brought)
        ledger.crosstabs.add(then.wide_pairs, 0, changed)


def _count_visitor(visit: Visit, hour: int, ledger: Ledger) -> None:
    """The visitor, once a day and once an hour for each of the visit's dimensions."""
    if hour == visit.counted_hour:
        return
    visit.counted_hour = hour
    seen = _seen(visit)
    _count_visitor_once(seen, _VISITOR, visit, hour, ledger)
    _count_visitor_once(seen.in_hour(hour), _HOUR_VISITOR, visit, hour, ledger)
    _count_visitor_in_pairs(seen, visit, ledger)


def _count_visitor_once(
    seen: FirstSeen, one: Counters, visit: Visit, hour: int, ledger: Ledger
) -> None:
    """One visitor's visits differ in how they came and in the screen.

    The rest of who came is the same in all of them, but for contradicting client hints: there the
    day's first visit counts.
    """
    cells, visitor, base = visit.cells_now, visit.visitor, hour_base(hour)
    if seen.add("who", visitor):
        ledger.traffic.add(cells.who, base, one)
        if one is _VISITOR:
            ledger.crosstabs.add(cells.who_pairs, 0, one)
    new = [symbol for symbol in cells.varying if seen.add("wide", visitor, symbol)]
    ledger.traffic.add(array("q", new), base, one)


def _count_visitor_in_pairs(seen: FirstSeen, visit: Visit, ledger: Ledger) -> None:
    cells, visitor = visit.cells_now, visit.visitor
    for how in cells.crossed_how:
        if seen.add("how and who", visitor, how):
            ledger.crosstabs.add(cells.crossed_who, pair_base(how), _VISITOR)
    for a, b in combinations(cells.crossed_how, 2):
        if seen.add("how and how", visitor, a, b):
            ledger.crosstabs.add(array("q", (b,)), pair_base(a), _VISITOR)


def _count_labels(visit: Visit, hit: Hit, hour: int, ledger: Ledger) -> None:
    """Event, goals and custom properties: how often, in how many visits, by how many visitors."""
    brought = counters(pageviews=int(hit.kind is Kind.PAGEVIEW), events=int(hit.kind is Kind.EVENT))
    for dimension, value in _labels(hit):
        if not is_prop(dimension) or _takes_prop(visit, dimension):
            told = visit.day_now.tell(dimension, value, visit.visitor)
            _count_value(visit, dimension, told, hour, brought, ledger)


def _labels(hit: Hit) -> Iterator[tuple[str, str]]:
    if hit.event:
        yield "event", hit.event
    for goal in hit.goals:
        yield "goal", goal
    for name, value in hit.props:
        yield PROP_PREFIX + name, value


def _takes_prop(visit: Visit, dimension: str) -> bool:
    return visit.day.symbols.takes_prop(dimension) and visit.day_now.symbols.takes_prop(dimension)


def _count_value(
    visit: Visit, dimension: str, value: str, hour: int, brought: Counters, ledger: Ledger
) -> None:
    """A value of a hit's dimension: what the hit brought, its visit and its visitor."""
    now = visit.day_now.symbols.symbol(dimension, value)
    _add_now(visit, dimension, now, hour, brought, ledger)
    if now in visit.seen:
        return
    then = visit.day.symbols.symbol(dimension, value)
    if then not in visit.seen:
        _add_then(visit, dimension, then, _VISIT, ledger)
    visit.seen.update((then, now))
    _count_visitor_of_value(visit, dimension, now, hour, ledger)


def _count_visitor_of_value(
    visit: Visit, dimension: str, symbol: int, hour: int, ledger: Ledger
) -> None:
    """The visitor, once a day for the value and for each pair it makes."""
    seen, cells, visitor = _seen(visit), visit.cells_now, visit.visitor
    is_new = seen.add("value", visitor, symbol)
    if is_new:
        ledger.traffic.add(array("q", (symbol,)), hour_base(hour), _VISITOR)
    if dimension not in CROSSED_HIT:
        return
    if is_new:
        ledger.crosstabs.add(cells.crossed_who, pair_base(symbol), _VISITOR)
    new = [how for how in cells.crossed_how if seen.add("value and how", visitor, symbol, how)]
    ledger.crosstabs.add(array("q", new), pair_base(symbol), _VISITOR)


def _count_entry(visit: Visit, begins: bool, changed: Counters, ledger: Ledger) -> None:
    """Where the visit began, `page`, `section` and `hostname` answer for its bounce and length."""
    gains = list(changed)
    gains[_VISITS] = 0
    gains[_ENTRIES] = int(begins)
    for dimension, value in zip(Where._fields, visit.entry, strict=True):
        symbol = visit.day.symbols.symbol(dimension, value)
        _add_then(visit, dimension, symbol, tuple(gains), ledger)


def _count_exit(visit: Visit, hit: Hit, begins: bool, gains: Counters, ledger: Ledger) -> None:
    """Where the visit is now is where it ended so far."""
    before = visit.exit
    if hit.kind is not Kind.ENGAGEMENT:
        visit.exit = hit.where
    for dimension, old, new in zip(Where._fields, before, visit.exit, strict=True):
        if not begins and old != new:
            symbol = visit.day.symbols.symbol(dimension, old)
            _add_then(visit, dimension, symbol, _EXIT_TAKEN_BACK, ledger)
        if begins or old != new:
            symbol = visit.day.symbols.symbol(dimension, new)
            _add_then(visit, dimension, symbol, _EXIT, ledger)
    _move_exit_page(visit, before.page, begins, gains, ledger)


def _move_exit_page(
    visit: Visit, before: str, begins: bool, gains: Counters, ledger: Ledger
) -> None:
    """All that the visit counts stands at its exit page, and moves along with it."""
    old = visit.day.symbols.symbol("exit_page", before)
    new = visit.day.symbols.symbol("exit_page", visit.exit.page)
    base = hour_base(visit.hour)
    if old != new:
        ledger.traffic.add(array("q", (old,)), base, tuple(-gain for gain in visit.exit_gains))
        gains = _add(gains, visit.exit_gains)
        visit.exit_gains = counters()
    if begins or old != new:
        gains = _count_exit_visitor(visit, old, new, begins, gains)
    visit.exit_gains = _add(visit.exit_gains, gains)
    ledger.traffic.add(array("q", (new,)), base, gains)


def _count_exit_visitor(
    visit: Visit, old: int, new: int, begins: bool, gains: Counters
) -> Counters:
    """Return the gains of the new exit page with its visitor, if this visit is the one to count.

    After midnight the day's sets are gone; then the visitor moves along as the rest does.
    """
    seen = visit.day.seen
    if seen is None or visit.day is not visit.day_now:
        return gains
    if not begins and gains[_VISITORS]:
        seen.remove("exit_page", visit.visitor, old)
    counts = int(seen.add("exit_page", visit.visitor, new))
    with_visitor = list(gains)
    with_visitor[_VISITORS] = with_visitor[_HOUR_VISITORS] = counts
    return tuple(with_visitor)


def _add_now(
    visit: Visit, dimension: str, symbol: int, hour: int, gains: Counters, ledger: Ledger
) -> None:
    """Add to a hit's dimension at the hit's hour, and to its pairs."""
    ledger.traffic.add(array("q", (symbol,)), hour_base(hour), gains)
    if dimension in CROSSED_HIT:
        ledger.crosstabs.add(visit.cells_now.crossed, pair_base(symbol), gains)


def _add_then(visit: Visit, dimension: str, symbol: int, gains: Counters, ledger: Ledger) -> None:
    """Add to a hit's dimension at the hour in which the visit began, and to its pairs."""
    ledger.traffic.add(array("q", (symbol,)), hour_base(visit.hour), gains)
    if dimension in CROSSED_HIT:
        ledger.crosstabs.add(visit.cells.crossed, pair_base(symbol), gains)


def _seen(visit: Visit) -> FirstSeen:
    seen = visit.day_now.seen
    assert seen is not None, "a visit's current day is today"  # noqa: S101
    return seen


def _add(a: Counters, b: Counters) -> Counters:
    return tuple(map(operator.add, a, b))
