"""What brings visitors beyond the ordinary: newsletters, an advertisement, two great days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import exp
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.demo.articles import LAUNCH_ARTICLE
from ingest.demo.draw import Draw
from ingest.demo.rhythm import DAYS, Year
from ingest.demo.sources import Source
from ingest.demo.website import website

_MONDAY, _TUESDAY, _THURSDAY = 0, 1, 3
_LAUNCH_DAY = 126
_AD_DAY = 190
_NEWS_DAY = 246
_AD_WEEKS = 6
_LONGEST = 4 * 86_400
"""Seconds after which nothing of a pulse is left."""


class Pulse(NamedTuple):
    """Visits that begin at once and ebb away."""

    source: Source
    begins: float
    """Seconds since 1970."""
    visits: float
    hours: float
    """How long they last; a third is left by then."""

    def lasts(self, begin: float, end: float) -> bool:
        """Whether any of it falls between two times."""
        return self.begins < end and begin < self.begins + _LONGEST

    def expected(self, begin: float, end: float) -> float:
        """Return how many of the visits fall between two times."""
        return self.visits * (self._left(begin) - self._left(end))

    def _left(self, moment: float) -> float:
        return exp(-max(0.0, moment - self.begins) / 3600 / self.hours)


def campaigns(year: Year, zone: ZoneInfo) -> tuple[Pulse, ...]:
    """Return all pulses of the year."""
    return (*_newsletters(year, zone), *_advertisement(year, zone), *_great_days(year, zone))


def _newsletters(year: Year, zone: ZoneInfo) -> Iterator[Pulse]:
    """Every second Tuesday morning."""
    first = _next(year.first, _TUESDAY)
    for number in range(1, DAYS // 14 + 1):
        day = first + timedelta(weeks=2 * (number - 1))
        begins = _at(day, 9, zone)
        tags = f"utm_source=newsletter&utm_medium=email&utm_campaign=issue-{number:02}"
        article = _landing(website(year, day).newest)
        growth = 0.7 + 0.6 * year.progress(day)
        yield Pulse(
            Source("", f"{tags}&utm_content=article", article, 0.42, 0.75), begins, 90 * growth, 9
        )
        news = _landing("/changelog")
        yield Pulse(
            Source("", f"{tags}&utm_content=product", news, 0.34, 0.8), begins, 45 * growth, 9
        )


def _advertisement(year: Year, zone: ZoneInfo) -> Iterator[Pulse]:
    """Six weeks of search advertisements, from a Monday on."""
    tags = "utm_source=google&utm_medium=cpc&utm_campaign=shift-planning"
    terms = (
        ("shift+planning+software", "/features/scheduling", 24),
        ("employee+scheduling+app", "/pricing", 16),
        ("dienstplan+software", "/de/features/scheduling", 12),
    )
    first = _next(year.first + timedelta(days=_AD_DAY), _MONDAY)
    for number in range(_AD_WEEKS * 7):
        begins = _at(first + timedelta(days=number), 7, zone)
        for term, page, visits in terms:
            query = f"{tags}&utm_term={term}"
            source = Source("https://www.google.com/", query, _landing(page), 0.58, 0.04)
            yield Pulse(source, begins, visits, 9)


def _great_days(year: Year, zone: ZoneInfo) -> Iterator[Pulse]:
    """On a launch that people vote for, and an article that a news site picks up."""
    launch = _at(_next(year.first + timedelta(days=_LAUNCH_DAY), _TUESDAY), 9, zone)
    home = _landing("/")
    voters = Source("https://www.producthunt.com/", "ref=producthunt", home, 0.5, 0.03)
    yield Pulse(voters, launch, 720, 11)
    yield Pulse(Source("https://t.co/", "", home, 0.6, 0.1), launch, 110, 8)
    yield Pulse(Source("https://www.linkedin.com/", "", home, 0.52, 0.2), launch, 140, 9)
    news = _at(_next(year.first + timedelta(days=_NEWS_DAY), _THURSDAY), 15, zone)
    article = _landing(f"/blog/{LAUNCH_ARTICLE}")
    readers = Source("https://news.ycombinator.com/", "", article, 0.74, 0.02)
    yield Pulse(readers, news, 1_250, 8)
    yield Pulse(Source("https://lobste.rs/", "", article, 0.7, 0.02), news, 140, 10)


def _landing(page: str) -> Draw[str]:
    return Draw([(page, 1)])


def _next(day: date, weekday: int) -> date:
    """Return the first such weekday from a day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _at(day: date, hour: int, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(hour), zone).timestamp()
