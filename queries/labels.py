"""What the steps of a time dimension are called, from the first to the last of a period."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.store.calendar import QUARTER
from queries.catalogue import DAY, HOUR, MONTH, WEEK, Grain
from queries.period import Period
from queries.problem import impossible

_MOST = 20_000


def labels(grain: Grain, period: Period, zone: ZoneInfo) -> list[str]:
    """Return each label once, in rising order, as `conditions.label` writes them.

    Hours are as the site's clock shows them (`2026-11-23 14:00:00`), days, weeks (by their Monday)
    and months (by their first day) as dates. Raises a 422 for more than can be wanted.
    """
    if (period.length if grain == HOUR else period.days) > _MOST:
        raise impossible("date_range", f"over {_MOST} steps of {grain.name}; take a coarser one")
    if grain == HOUR:
        return _hours(period, zone)
    days = (period.first + timedelta(days=number) for number in range(period.days))
    start = {DAY: _day, WEEK: _monday, MONTH: _first_of_month}[grain]
    return list(dict.fromkeys(start(day).isoformat() for day in days))


def _hours(period: Period, zone: ZoneInfo) -> list[str]:
    """Step by quarters, since the clock of a zone can move by half an hour."""
    since, until = period.bounds(zone)
    shown = (datetime.fromtimestamp(time, zone) for time in range(since, until, QUARTER))
    return list(dict.fromkeys(moment.strftime("%Y-%m-%d %H:00:00") for moment in shown))


def _day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_of_month(day: date) -> date:
    return day.replace(day=1)
