"""What one hit does to its visit, and the facts of it that will be counted."""

from array import array

from ingest.fold.symbols import is_prop
from ingest.store.dimensions import PROP_PREFIX
from ingest.visit.again import Again
from ingest.visit.brought import add_new, deepen
from ingest.visit.day import Day, Places
from ingest.visit.facts import (
    IS_FIRST,
    IS_HOUR_VISITOR,
    IS_VISITOR,
    NEW_IN_VISIT,
    NEW_TO_VISITOR,
    Facts,
    pack_hit,
    pack_label,
    pack_move,
)
from ingest.visit.hit import Hit, Kind
from ingest.visit.running import Running
from ingest.visit.wide import CROSSED_HIT

_PAGEVIEW, _EVENT, _ENGAGEMENT = Kind.PAGEVIEW, Kind.EVENT, Kind.ENGAGEMENT
_HOUR_MARK = 1 << 31
"""Set in an hour among what a visit has brought; symbols are smaller."""
_ALL_NEW = IS_FIRST | IS_VISITOR | IS_HOUR_VISITOR | sum(NEW_IN_VISIT) | sum(NEW_TO_VISITOR)


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
        now = day.places(hit.where)
        then = now if day_then is day else day_then.places(hit.where)
        left: Places = running.page[row], running.section[row], running.hostname[row]
        if left[0] or running.earlier[row]:
            flags = self._flags(row, base, left, now, then=then, day=day)
        else:
            flags = self._all_new(row, base, now, day)
        scroll = scroll_visits = exit_visitors = 0
        if hit.kind is _ENGAGEMENT:
            left = then
            scroll, scroll_visits = self._scroll(row, then[0], hit.scroll)
        else:
            exit_visitors = self._leave(row, hit, then, day, day_then)
        bounces = self._count_views(row, hit)
        self._facts.hits.append(
            pack_hit(
                running.row_now[row], row, base, running.base[row], *now, *then, *left, flags,
                hit.kind is _PAGEVIEW, hit.kind is _EVENT, hit.engaged, scroll, scroll_visits,
                bounces, self._lengthen(row, hit.time), running.exit_page[row], exit_visitors,
            )
        )  # fmt: skip
        if hit.event or hit.goals or hit.props:
            self._note_labels(row, hit, base, day, day_then)

    def _count_views(self, row: int, hit: Hit) -> int:
        """Note what the visitor did; return how the visit's bounce changes."""
        running = self._running
        if hit.kind is _PAGEVIEW:
            running.pageviews[row] += 1
        elif hit.kind is _EVENT:
            running.events[row] += 1
            running.interacted[row] |= hit.interactive
        bounced = running.pageviews[row] <= 1 and not running.interacted[row]
        before = running.bounced[row]
        if bounced is before:
            return 0
        running.bounced[row] = bounced
        return bounced - before

    def _lengthen(self, row: int, time: int) -> int:
        """Note a sign of life; return how much longer the visit is by it, in seconds."""
        longer = time - self._running.last[row]
        if longer <= 0:
            return 0
        self._running.last[row] = time
        return longer

    def _scroll(self, row: int, page: int, percent: int) -> tuple[int, int]:
        """Note how deep a page was seen; return how much deeper, and whether the visit tells it first."""
        running = self._running
        scrolls = running.scrolls.get(row)
        if scrolls is None:
            scrolls = running.scrolls[row] = array("Q")
        return deepen(scrolls, page, percent)

    def _all_new(self, row: int, base: int, now: Places, day: Day) -> int:
        """Return the flags of a visitor's first hit of the day."""
        running = self._running
        running.counted[row] = base
        brought = [*now, day.symbols.total, _HOUR_MARK | base >> 32]
        running.brought[row] = array("I", sorted(brought))
        return _ALL_NEW

    def _flags(
        self, row: int, base: int, left: Places, now: Places, *, then: Places, day: Day
    ) -> int:
        """Return what is new of a hit."""
        flags = 0 if left[0] else IS_FIRST
        if base != self._running.counted[row]:
            flags |= self._visitor_flags(row, base, day)
        for place in range(len(now)):
            if now[place] != left[place]:
                in_visit, to_visitor = self._news(row, now[place], then[place], place == 0, day)
                flags |= in_visit * NEW_IN_VISIT[place] | to_visitor * NEW_TO_VISITOR[place]
        return flags

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

    def _leave(self, row: int, hit: Hit, then: Places, day: Day, day_then: Day) -> int:
        """Note where the visit is now; return how many visitors its exit page gains."""
        running = self._running
        running.page[row], running.section[row], running.hostname[row] = then
        before, after = running.exit_page[row], day_then.exit_page(hit.where.page)
        if before == after:
            return 0
        running.exit_page[row] = after
        counted = running.exit_counted[row]
        if before:
            self._facts.moves.append(
                pack_move(
                    running.base[row], before, after,
                    running.pageviews[row], running.events[row],
                    running.bounced[row], running.last[row] - running.started[row], counted,
                )
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
        pageviews, events = int(hit.kind is _PAGEVIEW), int(hit.kind is _EVENT)
        running = self._running
        for dimension, value in labels:
            if is_prop(dimension) and not _takes_prop(dimension, day, day_then):
                continue
            told = day.tell(dimension, value, running.visitor[row])
            now = day.symbols.symbol(dimension, told)
            then = now if day_then is day else day_then.symbols.symbol(dimension, told)
            crossed = dimension in CROSSED_HIT
            self._facts.labels.append(
                pack_label(
                    running.row_now[row], row, base, running.base[row], now, then,
                    crossed, *self._news(row, now, then, crossed, day), pageviews, events,
                )
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
