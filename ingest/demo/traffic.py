"""A year of made-up visits to a made-up site, hit by hit in order of time."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from random import Random

from ingest.demo.campaigns import campaigns
from ingest.demo.draw import Draw, happen
from ingest.demo.journey import journey
from ingest.demo.markets import Market, load_markets
from ingest.demo.people import People, Person
from ingest.demo.rhythm import DAYS, Year, pull
from ingest.demo.robots import make_robot
from ingest.demo.sources import DIRECT, Source, sources
from ingest.demo.tab import Tab, TimedHit
from ingest.demo.website import website
from ingest.settings import Site
from ingest.store.calendar import midnight

_HOUR = 3_600
_DAY_NOISE = 0.06
_COMES_AGAIN = 0.11
"""How many visitors visit once more on the same day, 1 to 7 hours later."""
_ROBOTS = 0.12
"""Robots' hits for each ordinary visit; 3 % of all hits."""

_time = itemgetter(0)


def traffic(site: Site, chance: Random, now: float, days: int = DAYS) -> Iterator[TimedHit]:
    """Yield the hits of the `days` before the day of `now` and of that day until `now`.

    Fewer days are the end of the same year: what grows has grown. The same site, `chance` and
    `now` (seconds since 1970) give the same hits.
    """
    year = Year.before(now, site.timezone)
    hits = _hits(_Visits(site, year, chance), site, year.last - timedelta(days=days), year.last)
    return takewhile(lambda hit: hit[0] < now, hits)


def _hits(visits: "_Visits", site: Site, first: date, last: date) -> Iterator[TimedHit]:
    """Yield hits in order of time, though visits overlap and some are for later."""
    running: list[TimedHit] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        begin = midnight(site.timezone, day)
        end = midnight(site.timezone, day + timedelta(days=1))
        visits.enter_day(day, begin, end)
        for hour in range(begin, end, _HOUR):
            running.extend(visits.hour(hour))
            running.sort(key=_time)
            over = bisect_left(running, hour + _HOUR, key=_time)
            yield from running[:over]
            del running[:over]


class _Visits:
    """Makes up the visits that begin in an hour, from what the day is like."""

    def __init__(self, site: Site, year: Year, chance: Random) -> None:
        self._domain = site.domain
        self._year = year
        self._chance = chance
        self._campaigns = campaigns(year, site.timezone)
        everyone = sum(market.share for market in load_markets())
        self._markets = {market: market.share / everyone for market in load_markets()}
        self._people = {market: People(market, part) for market, part in self._markets.items()}

    def enter_day(self, day: date, begin: int, end: int) -> None:
        """Look at what a day is like: the site, the sources, campaigns, and luck."""
        self._website = website(self._year, day)
        self._sources = sources(self._year.progress(day))
        self._pulses = [pulse for pulse in self._campaigns if pulse.lasts(begin, end)]
        self._expected = self._year.visits(day) * self._chance.lognormvariate(0, _DAY_NOISE)

    def hour(self, begin: int) -> Iterator[TimedHit]:
        """Yield the hits of the visits that begin in an hour."""
        chance = self._chance
        pulls = {market: part * _pull(market, begin) for market, part in self._markets.items()}
        market = Draw(pulls.items())
        for source in self._arrivals(begin, self._expected * sum(pulls.values())):
            person = self._people[market(chance)].meet(chance, source.regulars)
            start = begin + chance.randrange(_HOUR)
            yield from self._visit(person, source, start)
            if chance.random() < _COMES_AGAIN:
                yield from self._visit(person, DIRECT, start + chance.randrange(_HOUR, 7 * _HOUR))
        for _ in range(happen(chance, self._expected * _ROBOTS / 24)):
            yield from self._crawl(begin + chance.randrange(_HOUR))

    def _arrivals(self, begin: int, ordinary: float) -> Iterator[Source]:
        """Yield the source of each visit that begins in an hour."""
        for _ in range(happen(self._chance, ordinary)):
            yield self._sources(self._chance)
        for pulse in self._pulses:
            expected = pulse.expected(begin, begin + _HOUR)
            yield from [pulse.source] * happen(self._chance, expected)

    def _visit(self, person: Person, source: Source, start: int) -> Iterable[TimedHit]:
        tab = Tab(person, self._domain, start, source.referrer)
        journey(tab, person.language, source, self._website, self._chance)
        return tab.hits

    def _crawl(self, time: int) -> Iterable[TimedHit]:
        tab = Tab(make_robot(self._chance), self._domain, time, "")
        tab.open(self._website.page("/blog/*", self._chance), "")
        return tab.hits


def _pull(market: Market, time: int) -> float:
    return pull(datetime.fromtimestamp(time, market.zone))
