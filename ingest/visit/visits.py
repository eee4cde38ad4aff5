"""Running visits, and what ends them: 30 minutes of silence, and midnights."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.calendar import bucket, midnight
from ingest.store.drops import DropReason
from ingest.visit.counting import count_hit, count_in_totals
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen
from ingest.visit.hit import Hit, Kind
from ingest.visit.keys import Keyring
from ingest.visit.visit import Visit

GAP = 30 * 60
"""Seconds of silence after which a visit is over."""
_ONE_DAY = timedelta(days=1)


class Visits:
    """All running visits. The visitor key ends here."""

    def __init__(self, symbols: Symbols, crowd: Crowd, keys: Keyring) -> None:
        self._symbols = symbols
        self._crowd = crowd
        self._keys = keys
        self._running: dict[int, Visit] = {}
        """By visitor key, the one that was silent longest first."""
        self._days: dict[tuple[Site, date], Day] = {}
        self._seen: dict[tuple[ZoneInfo, date], FirstSeen] = {}
        self._past: list[Day] = []
        """Days that are over but for their running visits."""

    def __len__(self) -> int:
        return len(self._running)

    def count(self, hit: Hit, ledger: Ledger) -> DropReason | None:
        """Note in `ledger` what a hit adds, or return why it adds nothing."""
        hour, today = bucket(hit.site.timezone, hit.time)
        day = self._day(hit.site, today)
        if hit.visitor is None:
            count_in_totals(hit, hour, day, ledger)
            return None
        visit = self._resume(hit, hit.visitor, day)
        if hit.kind is Kind.ENGAGEMENT and (visit is None or hit.where.page not in visit.pages):
            return DropReason.NO_VISIT
        begins = visit is None
        if visit is None:
            visit = Visit(hit, hit.visitor, day, hour)
        elif visit.day_now is not day:
            visit.enter_day(day, hit.visitor)
        self._running.pop(hit.visitor, None)
        self._running[hit.visitor] = visit
        count_hit(visit, hit, hour, begins, ledger)
        return None

    def sweep(self, now: int) -> bool:
        """Forget what time has ended, at `now` (seconds since 1970); return whether a day or a key has."""
        self._end_silent_visits(now)
        has_ended = self._end_days(now)
        has_forgotten = self._forget_past_days(now)
        return has_ended or has_forgotten

    def _day(self, site: Site, today: date) -> Day:
        day = self._days.get((site, today))
        if day is None:
            seen = self._seen.setdefault((site.timezone, today), FirstSeen())
            day = Day(site, today, self._symbols.day(site, today), seen)
            self._days[site, today] = day
        return day

    def _resume(self, hit: Hit, visitor: int, day: Day) -> Visit | None:
        """Return the visitor's running visit, if the hit belongs to it."""
        key = visitor
        visit = self._running.get(key)
        if visit is None and hit.visitor_before is not None:
            key = hit.visitor_before
            visit = self._running.get(key)
        if visit is None:
            return None
        if key != visitor:
            self._running[visitor] = self._running.pop(key)
        in_time = visit.started - GAP <= hit.time <= visit.last + GAP
        if in_time and abs(day.date - visit.day.date) <= _ONE_DAY:
            return visit
        self._end(visitor)
        return None

    def _end(self, visitor: int) -> None:
        self._running.pop(visitor).day.running -= 1

    def _end_silent_visits(self, now: int) -> None:
        silent = []
        for visitor, visit in self._running.items():
            if visit.last + GAP >= now:
                break
            silent.append(visitor)
        for visitor in silent:
            self._end(visitor)

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
        if over:
            self._past = [day for day in self._past if day.running]
            self._crowd.forget(number for day in over for number in day.symbols.forget())
        return has_forgotten
