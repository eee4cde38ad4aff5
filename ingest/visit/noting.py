"""What one hit does to its visit, and the facts of it that will be counted."""

from array import array
from collections.abc import Sequence

from ingest.fold.symbols import is_prop
from ingest.store.dimensions import PROP_PREFIX
from ingest.visit.again import Again
from ingest.visit.brought import add_new, deepen
from ingest.visit.day import Day
from ingest.visit.facts import (
    IS_FIRST,
    IS_HOUR_VISITOR,
    IS_VISITOR,
    NEW_IN_VISIT,
    NEW_TO_VISITOR,
    Facts,
)
from ingest.visit.hit import Hit, Kind, Where
from ingest.visit.running import Running
from ingest.visit.wide import CROSSED_HIT

_HOUR_MARK = 1 << 31
"""Set in an hour among what a visit has brought; symbols are smaller."""


class Noting:
    """Notes a group's hits, each in its visit, in the order in which they came."""

    def __init__(self, running: Running, days: dict[int, Day], facts: Facts) -> None:
        self._running = running
        self._days = days
        self._facts = facts

    def note(self, row: int, hit: Hit, base: int, day: Day) -> None:
        """Note a hit of a visit in the hour of `base`. The visit is in the hit's day already."""
        running = self._running
        day_then = day if running.day[row] == day.number else self._days[running.day[row]]
        now = day.symbols.symbols(Where._fields, hit.where)
        then = now if day_then is day else day_then.symbols.symbols(Where._fields, hit.where)
        left: Sequence[int] = (running.page[row], running.section[row], running.hostname[row])
        flags = 0 if left[0] else IS_FIRST
        if base != running.counted[row]:
            flags |= self._visitor_flags(row, base, day)
        if left != tuple(now):
            flags |= self._place_flags(row, now, then, day)
        exit_visitors = 0
        if hit.kind is Kind.ENGAGEMENT:
            left = then
            brought: tuple[int, ...] = (
                0,
                0,
                hit.engaged,
                *self._scrolled(row, then[0], hit.scroll),
            )
        else:
            exit_visitors = self._leave(row, hit, then, day, day_then)
            brought = (
                int(hit.kind is Kind.PAGEVIEW),
                int(hit.kind is Kind.EVENT),
                hit.engaged,
                0,
                0,
            )
        self._facts.add_hit(
            running.row_now[row], row, base, running.base[row],
            *now, *then, *left, flags, *brought, *self._change(row, hit, brought),
            running.exit_page[row], exit_visitors,
        )  # fmt: skip
        if hit.event or hit.goals or hit.props:
            self._note_labels(row, hit, base, day, day_then)

    def _change(self, row: int, hit: Hit, brought: tuple[int, ...]) -> tuple[int, int]:
        """Note what a hit changes of its visit; return how its bounce and its length change."""
        running = self._running
        pageviews, events, engaged, scroll, scroll_visits = brought
        if pageviews:
            running.pageviews[row] += 1
        elif events:
            running.events[row] += 1
            running.interacted[row] |= hit.interactive
        if engaged:
            running.engaged[row] += engaged
        if scroll_visits or scroll:
            running.scroll[row] += scroll
            running.scroll_visits[row] += scroll_visits
        bounced = running.pageviews[row] <= 1 and not running.interacted[row]
        bounces = bounced - running.bounced[row]
        if bounces:
            running.bounced[row] = bounced
        longer = hit.time - running.last[row]
        if longer <= 0:
            return bounces, 0
        running.last[row] = hit.time
        return bounces, longer

    def _visitor_flags(self, row: int, base: int, day: Day) -> int:
        """Return whether the visitor counts, once a day and once an hour, for the whole visit."""
        running = self._running
        running.counted[row] = base
        brought, mark = self._brought(row), _HOUR_MARK | base >> 32
        if not add_new(brought, mark):
            return 0
        is_first_today = add_new(brought, day.symbols.total)
        if running.earlier[row]:
            wide = running.wide(running.row_now[row])
            return self._again(row, day).count_visitor(wide, base, mark, is_first_today)
        return IS_HOUR_VISITOR | (IS_VISITOR if is_first_today else 0)

    def _place_flags(self, row: int, now: list[int], then: list[int], day: Day) -> int:
        """Return which of page, section and hostname are new in the visit and to the visitor."""
        flags = 0
        for place in range(len(now)):
            in_visit, to_visitor = self._news(row, now[place], then[place], place == 0, day)
            if in_visit:
                flags |= NEW_IN_VISIT[place]
            if to_visitor:
                flags |= NEW_TO_VISITOR[place]
        return flags

    def _news(self, row: int, now: int, then: int, crossed: bool, day: Day) -> tuple[bool, bool]:
        """Return whether a value is new in the visit, and to the visitor today."""
        brought = self._brought(row)
        if not add_new(brought, now):
            return False, False
        in_visit = now == then or add_new(brought, then)
        if not self._running.earlier[row]:
            return in_visit, True
        wide = self._running.wide(self._running.row_now[row])
        return in_visit, self._again(row, day).is_new(now, crossed, wide)

    def _scrolled(self, row: int, page: int, percent: int) -> tuple[int, bool]:
        """Return how much deeper a page was seen, and whether the visit tells it first."""
        scrolls = self._running.scrolls.get(row)
        if scrolls is None:
            scrolls = self._running.scrolls[row] = array("Q")
        return deepen(scrolls, page, percent)

    def _leave(self, row: int, hit: Hit, then: list[int], day: Day, day_then: Day) -> int:
        """Note where the visit is now; return how many visitors its exit page gains."""
        running = self._running
        running.page[row], running.section[row], running.hostname[row] = then
        before, after = running.exit_page[row], day_then.symbols.symbol("exit_page", hit.where.page)
        if before == after:
            return 0
        running.exit_page[row] = after
        counted = running.exit_counted[row]
        if before:
            self._facts.add_move(
                running.base[row], before, after,
                running.pageviews[row], running.events[row], running.engaged[row],
                running.scroll[row], running.scroll_visits[row],
                running.bounced[row], running.last[row] - running.started[row], counted,
            )  # fmt: skip
        # After midnight the day's sets are gone; then the visitor moves along as the rest does.
        if day_then is day and day.seen:
            counted = not running.earlier[row] or self._again(row, day).is_new(after)
            running.exit_counted[row] = counted
        return int(counted)

    def _note_labels(self, row: int, hit: Hit, base: int, day: Day, day_then: Day) -> None:
        """Note event, goals and custom properties."""
        labels = [("event", hit.event)] if hit.event else []
        labels += [("goal", goal) for goal in hit.goals]
        labels += [(PROP_PREFIX + name, value) for name, value in hit.props]
        pageviews, events = int(hit.kind is Kind.PAGEVIEW), int(hit.kind is Kind.EVENT)
        running = self._running
        for dimension, value in labels:
            if is_prop(dimension) and not _takes_prop(dimension, day, day_then):
                continue
            told = day.tell(dimension, value, running.visitor[row])
            now = day.symbols.symbol(dimension, told)
            then = now if day_then is day else day_then.symbols.symbol(dimension, told)
            crossed = dimension in CROSSED_HIT
            self._facts.add_label(
                running.row_now[row], row, base, running.base[row], now, then,
                crossed, *self._news(row, now, then, crossed, day), pageviews, events,
            )  # fmt: skip

    def _brought(self, row: int) -> "array[int]":
        brought = self._running.brought[row]
        if brought is None:
            brought = self._running.brought[row] = array("I")
        return brought

    def _again(self, row: int, day: Day) -> Again:
        assert day.seen is not None, "a visit's current day is today"  # noqa: S101
        return Again(self._running.visitor[row], day.seen, self._facts)


def _takes_prop(dimension: str, day: Day, day_then: Day) -> bool:
    return day_then.symbols.takes_prop(dimension) and day.symbols.takes_prop(dimension)
