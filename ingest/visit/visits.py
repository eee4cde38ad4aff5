"""Running visits, and what ends them: 30 minutes of silence, and midnights."""

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.calendar import QUARTER, bucket, midnight
from ingest.store.drops import DropReason
from ingest.store.records import hour_base
from ingest.visit.brought import is_in
from ingest.visit.counting import count
from ingest.visit.crossings import Crossings
from ingest.visit.day import Day
from ingest.visit.facts import Facts
from ingest.visit.first_seen import FirstSeen
from ingest.visit.hit import Hit, Kind
from ingest.visit.keys import Keyring
from ingest.visit.noting import Noting
from ingest.visit.running import Running
from ingest.visit.wide import WAYS, ways, wide_symbols

GAP = 30 * 60
"""Seconds of silence after which a visit is over."""
_ONE_DAY = timedelta(days=1)
_ENGAGEMENT = Kind.ENGAGEMENT


class Visits:
    """All running visits. The visitor key ends here."""

    def __init__(self, symbols: Symbols, crowd: Crowd, crossings: Crossings, keys: Keyring) -> None:
        self._symbols = symbols
        self._crowd = crowd
        self._crossings = crossings
        self._keys = keys
        self._running = Running()
        self._rows: dict[int, int] = {}
        """Rows of running visits by visitor key."""
        self._ended: list[int] = []
        """Rows to release once the group that ended their visits is counted."""
        self._days: dict[tuple[Site, date], Day] = {}
        self._seen: dict[tuple[ZoneInfo, date], FirstSeen] = {}
        self._moments: dict[tuple[Site, int], tuple[int, Day]] = {}
        """The `hour_base` and the day of each quarter of an hour since the last sweep."""
        self._in_use: set[Day] = set()
        """Days that have had hits since the last sweep."""
        self._past: list[Day] = []
        """Days that are over but for their running visits."""
        self._numbered: dict[int, Day] = {}
        """Both, by number."""
        self._last_day = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getstate__(self) -> dict[str, Any]:
        """Give the keys as arrays, which are frozen far faster than a dict of numbers."""
        count = len(self._rows)
        keys = np.fromiter(self._rows.keys(), np.uint64, count)
        rows = np.fromiter(self._rows.values(), np.int64, count)
        return self.__dict__ | {"_rows": (keys, rows)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the dict of keys again."""
        keys, rows = state["_rows"]
        self.__dict__.update(state)
        self._rows = dict(zip(keys.tolist(), rows.tolist(), strict=True))

    def count(self, hits: Iterable[Hit], ledger: Ledger) -> list[DropReason | None]:
        """Add to `ledger`, and to the crossings, what a group of hits adds.

        Returns for each hit why it adds nothing.
        """
        facts = Facts()
        noting = Noting(self._running, self._numbered, facts)
        dropped = [self._take(hit, facts, noting) for hit in hits]
        count(facts, self._running, ledger.traffic, self._crossings)
        self._release_ended()
        return dropped

    def current(self, since: int) -> Counter[str]:
        """Return how many visitors each site has had a sign of life of since a moment."""
        current: Counter[str] = Counter()
        for day, visits in self._running.active(since).items():
            current[self._numbered[day].site.domain] += visits
        return current

    def sweep(self, now: int) -> bool:
        """Forget what time has ended, at `now` (seconds since 1970); return whether a day or a key has."""
        self._moments.clear()
        for day in self._in_use:
            day.forget_recent()
        self._in_use.clear()
        self._end_silent_visits(now)
        has_ended = self._end_days(now)
        has_forgotten = self._forget_past_days(now)
        return has_ended or has_forgotten

    def _take(self, hit: Hit, facts: Facts, noting: Noting) -> DropReason | None:
        moment = self._moments.get((hit.site, hit.time // QUARTER))
        base, day = moment or self._moment(hit.site, hit.time)
        if hit.visitor is None:
            pageviews, events = int(hit.kind is Kind.PAGEVIEW), int(hit.kind is Kind.EVENT)
            facts.nobodys.append((base + day.symbols.total, pageviews, events, hit.engaged))
            return None
        row = self._resume(hit, hit.visitor, day)
        if hit.kind is _ENGAGEMENT and (row is None or not self._has_page(row, hit.where.page)):
            return DropReason.NO_VISIT
        if row is None:
            row = self._begin(hit, hit.visitor, base, day)
        elif self._running.day_now[row] != day.number:
            self._enter_day(row, hit.visitor, day)
        noting.note(row, hit, base, day)
        return None

    def _moment(self, site: Site, time: int) -> tuple[int, Day]:
        """Return the `hour_base` and the day of a moment, and keep them for its quarter."""
        hour, today = bucket(site.timezone, time)
        moment = self._moments[site, time // QUARTER] = hour_base(hour), self._day(site, today)
        return moment

    def _day(self, site: Site, today: date) -> Day:
        day = self._days.get((site, today))
        if day is None:
            self._last_day += 1
            seen = self._seen.setdefault((site.timezone, today), FirstSeen(WAYS))
            symbols = self._symbols.day(site, today)
            day = Day(site, today, self._last_day, symbols=symbols, seen=seen, in_use=self._in_use)
            self._days[site, today] = self._numbered[day.number] = day
        return day

    def _resume(self, hit: Hit, visitor: int, day: Day) -> int | None:
        """Return the row of the visitor's running visit, if the hit belongs to it."""
        row = self._rows.get(visitor)
        if row is None and hit.visitor_before is not None:
            row = self._rows.get(hit.visitor_before)
        if row is None:
            return None
        running = self._running
        if running.started[row] - GAP <= hit.time <= running.last[row] + GAP and (
            running.day[row] == day.number
            or abs(day.date - self._numbered[running.day[row]].date) <= _ONE_DAY
        ):
            return row
        self._end(row)
        return None

    def _begin(self, hit: Hit, visitor: int, base: int, day: Day) -> int:
        running, where = self._running, hit.where
        row = running.take()
        self._rows[visitor] = row
        day.running += 1
        entry = day.places(where)
        earlier = len(day.seen.visits(visitor)) if day.seen else 0
        running.begin(
            row, visitor, hit.time, hit.time, base, -1,
            day.number, day.number, row, earlier, 0, 0, 0, 0, 0, 0, *entry,
        )  # fmt: skip
        running.brought[row] = array("I")
        self._set_wide(row, day, visitor, [*hit.how, where.page, *hit.who])
        return row

    def _set_wide(self, row: int, day: Day, visitor: int, values: list[str]) -> None:
        """Set the row's wide symbols on a day, and remember the values that they do not tell."""
        symbols, untold = wide_symbols(day, visitor, values)
        self._running.set_wide(row, symbols)
        if untold:
            self._running.untold[row] = untold

    def _enter_day(self, row: int, visitor: int, day: Day) -> None:
        """Go on after midnight, under the new day's visitor key."""
        running = self._running
        self._remember(row)
        values = [self._symbols.name(symbol).value for symbol in running.wide(row)[1:]]
        for place, value in running.untold.get(row, {}).items():
            values[place] = value
        if running.row_now[row] != row:
            self._ended.append(running.row_now[row])
        running.row_now[row] = running.take()
        self._set_wide(running.row_now[row], day, visitor, values)
        del self._rows[running.visitor[row]]
        self._rows[visitor] = row
        running.visitor[row] = visitor
        running.day_now[row] = day.number
        running.earlier[row] = len(day.seen.visits(visitor)) if day.seen else 0

    def _remember(self, row: int) -> None:
        """Let the day that a visit is in know what the visitor has been counted for."""
        running = self._running
        day = self._numbered.get(running.day_now[row])
        brought: Iterable[int] | None = running.brought[row]
        if day is None or day.seen is None or brought is None:
            return
        if running.day[row] == day.number:
            brought = [*brought, running.exit_page[row]]
        day.seen.add(running.visitor[row], ways(running.wide(running.row_now[row])), brought)

    def _end(self, row: int) -> None:
        running = self._running
        self._remember(row)
        del self._rows[running.visitor[row]]
        self._numbered[running.day[row]].running -= 1
        self._ended.append(row)
        if running.row_now[row] != row:
            self._ended.append(running.row_now[row])

    def _release_ended(self) -> None:
        if self._ended:
            self._running.release(self._ended)
            self._ended = []

    def _has_page(self, row: int, page: str) -> bool:
        symbol = self._numbered[self._running.day[row]].symbols.find("page", page)
        brought = self._running.brought[row]
        return symbol is not None and brought is not None and is_in(brought, symbol)

    def _end_silent_visits(self, now: int) -> None:
        for row in self._running.silent(now - GAP):
            self._end(row)
        self._release_ended()

    def _end_days(self, now: int) -> bool:
        """At a site's midnight, forget what its visitors were counted for."""
        over = [key for key in self._days if key[1] < bucket(key[0].timezone, now).day]
        for site, today in over:
            day = self._days.pop((site, today))
            self._seen.pop((site.timezone, today), None)
            day.end()
            self._past.append(day)
        return bool(over)

    def _forget_past_days(self, now: int) -> bool:
        """Forget a day's key once no visit can be resumed by it, and its cells with its last visit.

        A visit that goes on after midnight is found by the old key once, and by the new one then.
        """
        has_forgotten = False
        for day in self._past:
            end = midnight(day.site.timezone, day.date + _ONE_DAY)
            if day.running == 0 or now > end + GAP:
                has_forgotten |= self._keys.forget(day.site, day.date)
        over = [day for day in self._past if day.running == 0]
        if over and not self._crossings:  # else there is more to release of the day's pairs first
            self._past = [day for day in self._past if day.running]
            self._crowd.forget(block for day in over for block in day.symbols.forget())
            for day in over:
                del self._numbered[day.number]
        return has_forgotten
