"""The days, or hours, that a query is about."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.store.calendar import bucket, midnight
from queries.problem import impossible

_DAYS = re.compile(r"([1-9]\d{0,3})d", re.ASCII)
_MONTHS = re.compile(r"([1-9]\d?)mo", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", re.ASCII)
_EARLIEST = date(1990, 1, 1)
_LATEST = date(2099, 12, 31)
_HOUR = 3_600
_REALTIME = 30 * 60
_ONE_DAY = timedelta(days=1)
_POSSIBLE = (
    'write "day", "24h", "7d" (any number of days), "month", "12mo" (any number of months), "year", '
    '"all", "realtime", or two dates like ["2026-01-01", "2026-01-31"], or two full hours like '
    '["2026-01-01T12:00:00", "2026-01-01T18:00:00"]'
)


class Period(NamedTuple):
    """Days of the site's calendar, both included; or some hours of them."""

    first: date
    last: date
    hours: tuple[int, int] | None = None
    """From the first moment until before the second, in seconds since 1970 (UTC)."""
    is_open: bool = False
    """Whether it begins with the first record; then `first` is not yet known."""

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    @property
    def length(self) -> int:
        """About how many hours they are."""
        if self.hours is None:
            return self.days * 24
        return (self.hours[1] - self.hours[0]) // _HOUR

    def bounds(self, zone: ZoneInfo) -> tuple[int, int]:
        """Return the first moment, and the first one after it, in seconds since 1970 (UTC)."""
        return self.hours or (midnight(zone, self.first), midnight(zone, self.last + _ONE_DAY))


def parse_period(asked: str | tuple[str, str], zone: ZoneInfo, now: float) -> Period:
    """Return the period that `date_range` asks for at `now`, or raise a 422.

    Relative ones end today and include it, so that the hit just sent is seen (Plausible's `7d`
    ends yesterday): `day` is today, `7d` today and the six days before, `month` and `year` since
    their first day, `12mo` this month and the eleven before. `24h` is this hour and the 23 before,
    `realtime` the hours that the last 30 minutes touch; `all` begins with the first record.
    """
    if isinstance(asked, tuple):
        return _between(asked, zone)
    hour, today = bucket(zone, int(now))
    if asked == "24h":
        return of_hours(hour - 23 * _HOUR, hour + _HOUR, zone)
    if asked == "realtime":
        return of_hours(bucket(zone, int(now) - _REALTIME).hour, hour + _HOUR, zone)
    return Period(_start(asked, today), today, is_open=asked == "all")


def _start(asked: str, today: date) -> date:
    if asked == "day":
        return today
    if asked == "month":
        return today.replace(day=1)
    if asked == "year":
        return today.replace(month=1, day=1)
    if asked == "all":
        return _EARLIEST
    if days := _DAYS.fullmatch(asked):
        return today - timedelta(days=int(days[1]) - 1)
    if months := _MONTHS.fullmatch(asked):
        return _month_before(today, int(months[1]) - 1)
    raise impossible("date_range", _POSSIBLE)


def _month_before(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _between(asked: tuple[str, str], zone: ZoneInfo) -> Period:
    if all(_DATE.fullmatch(text) for text in asked):
        first, last = map(_date, asked)
        period = Period(first, last)
    else:
        since, until = (_moment(text, zone) for text in asked)
        if until % _HOUR == _HOUR - 1:  # …:59:59, as Plausible writes the end
            until += 1
        if any(bucket(zone, moment).hour != moment for moment in (since, until)):
            raise impossible("date_range", f"records are by the hour; {_POSSIBLE}")
        period = of_hours(since, until, zone)
    since, until = period.bounds(zone)
    if since >= until:
        raise impossible("date_range", "the first date is after the last; swap them")
    return period


def _date(text: str) -> date:
    try:
        if _EARLIEST <= (day := date.fromisoformat(text)) <= _LATEST:
            return day
    except ValueError:
        pass
    raise impossible("date_range", f"not two dates between {_EARLIEST} and {_LATEST}; {_POSSIBLE}")


def _moment(text: str, zone: ZoneInfo) -> int:
    """Return a moment, which is the site's own if it names no offset, in seconds since 1970."""
    if not _MOMENT.fullmatch(text):
        raise impossible("date_range", _POSSIBLE)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise impossible("date_range", _POSSIBLE) from None
    _date(moment.date().isoformat())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return int(moment.astimezone(UTC).timestamp())


def of_hours(since: int, until: int, zone: ZoneInfo) -> Period:
    """Return the period of these hours; of whole days, if it is that."""
    first, last = bucket(zone, since).day, bucket(zone, until - 1).day
    days = Period(first, last)
    return days if days.bounds(zone) == (since, until) else Period(first, last, (since, until))
