"""Hours and days as a site's time zone has them."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUARTER = 900
"""Seconds; offsets from UTC are whole quarters of an hour, so a quarter lies in one local hour."""


class Bucket(NamedTuple):
    """The hour and the day that a moment belongs to at a site."""

    hour: int
    """Start of the local hour, in seconds since 1970 (UTC)."""
    day: date
    """The local date."""


def bucket(zone: ZoneInfo, time: int) -> Bucket:
    """Return the bucket of `time` (seconds since 1970, UTC) in `zone`."""
    return _bucket_of_quarter(zone, time // QUARTER)


@lru_cache(maxsize=4096)
def _bucket_of_quarter(zone: ZoneInfo, quarter: int) -> Bucket:
    time = quarter * QUARTER
    local = datetime.fromtimestamp(time, zone)
    return Bucket(time - local.minute * 60 - local.second, local.date())


def midnight(zone: ZoneInfo, day: date) -> int:
    """Return the first moment of `day` in `zone`, in seconds since 1970 (UTC)."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp())
