"""How many come when: the hour, the weekday, the season, and growth."""

from datetime import date, datetime, timedelta
from math import exp
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS = 365
GROWTH = 2.0
"""Visits at the end of the year against its start."""
_VISITS = 335
"""On an ordinary weekday in the middle of the year."""

_HOURS = (
    *(0.25, 0.15, 0.10, 0.08, 0.10, 0.20, 0.45, 0.90, 1.50, 2.00, 2.25, 2.15),
    *(1.60, 1.80, 2.05, 2.00, 1.85, 1.50, 1.05, 0.90, 0.95, 0.90, 0.70, 0.45),
)
"""By the visitor's clock: office hours with a lunch break, and some reading in the evening."""
_DAY = sum(_HOURS)
_WEEKDAYS = (1.03, 1.08, 1.05, 1.00, 0.84, 0.45, 0.48)
"""From Monday."""


class _Lull(NamedTuple):
    """A time of the year when fewer come."""

    middle: int
    """Day of the year."""
    spread: float
    """Days."""
    depth: float


_LULLS = (_Lull(215, 20, 0.28), _Lull(361, 4, 0.45))
"""Summer holidays, and the days between the years."""


class Year(NamedTuple):
    """The twelve months before a day."""

    first: date
    last: date

    @classmethod
    def before(cls, now: float, zone: ZoneInfo) -> "Year":
        """Return the year that ends on the day of `now` (seconds since 1970) in `zone`."""
        last = datetime.fromtimestamp(now, zone).date()
        return cls(last - timedelta(days=DAYS), last)

    def progress(self, day: date) -> float:
        """Return how much of the year has passed on a day, 0 to 1."""
        return (day - self.first).days / DAYS

    def visits(self, day: date) -> float:
        """Return the visits expected on a day, were it an ordinary weekday."""
        return float(_VISITS * GROWTH ** (self.progress(day) - 0.5) * _season(day))


def pull(local: datetime) -> float:
    """Return which part of an ordinary weekday's visits comes in the hour of `local`."""
    return _HOURS[local.hour] / _DAY * _WEEKDAYS[local.weekday()]


def _season(day: date) -> float:
    left = 1.0
    for lull in _LULLS:
        apart = abs(day.timetuple().tm_yday - lull.middle)
        apart = min(apart, DAYS - apart)
        left -= lull.depth * exp(-((apart / lull.spread) ** 2) / 2)
    return left
