"""The days that a query is about."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from queries.problem import impossible

_DAYS = re.compile(r"([1-9]\d{0,3})d", re.ASCII)
_MONTHS = re.compile(r"([1-9]\d?)mo", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST = date(1990, 1, 1)
_LATEST = date(2099, 12, 31)
_POSSIBLE = (
    'write "day", "7d" (any number of days), "month", "12mo" (any number of months), "year" '
    'or two dates like ["2026-01-01", "2026-01-31"]'
)


class Period(NamedTuple):
    """Days of the site's calendar, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


def parse_period(asked: str | tuple[str, str], today: date) -> Period:
    """Return the period that `date_range` asks for, or raise a 422.

    Relative ones end today and include it, so that the hit just sent is seen (Plausible's `7d`
    ends yesterday): `day` is today, `7d` today and the six days before, `month` and `year` since
    their first day, `12mo` this month and the eleven before.
    """
    if isinstance(asked, tuple):
        return _between(*map(_date, asked))
    return Period(_start(asked, today), today)


def _start(asked: str, today: date) -> date:
    if asked == "day":
        return today
    if asked == "month":
        return today.replace(day=1)
    if asked == "year":
        return today.replace(month=1, day=1)
    if days := _DAYS.fullmatch(asked):
        return today - timedelta(days=int(days[1]) - 1)
    if months := _MONTHS.fullmatch(asked):
        return _month_before(today, int(months[1]) - 1)
    raise impossible("date_range", _POSSIBLE)


def _month_before(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text) and _EARLIEST <= (day := date.fromisoformat(text)) <= _LATEST:
            return day
    except ValueError:
        pass
    raise impossible("date_range", f"not two dates between {_EARLIEST} and {_LATEST}; {_POSSIBLE}")


def _between(first: date, last: date) -> Period:
    if first > last:
        raise impossible("date_range", "the first date is after the last; swap them")
    return Period(first, last)
