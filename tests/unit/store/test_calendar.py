from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.store.calendar import bucket, midnight

ZONES = [
    "UTC",
    "Europe/Paris",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
TIMES = st.integers(1_700_000_000, 2_000_000_000)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def seconds(moment):
    return int(datetime.fromisoformat(moment).timestamp())


@pytest.mark.parametrize(
    ("zone", "moment", "hour", "day"),
    [
        ("UTC", "2026-11-23 10:59:59+00:00", "2026-11-23 10:00+00:00", "2026-11-23"),
        ("Europe/Paris", "2026-11-23 23:00:00+00:00", "2026-11-23 23:00+00:00", "2026-11-24"),
        ("Asia/Kolkata", "2026-11-23 18:29:59+00:00", "2026-11-23 17:30+00:00", "2026-11-23"),
        ("Asia/Kolkata", "2026-11-23 18:30:00+00:00", "2026-11-23 18:30+00:00", "2026-11-24"),
        ("Asia/Kathmandu", "2026-11-23 18:20:00+00:00", "2026-11-23 18:15+00:00", "2026-11-24"),
        ("Europe/Paris", "2026-10-25 00:59:59+00:00", "2026-10-25 00:00+00:00", "2026-10-25"),
        ("Europe/Paris", "2026-10-25 01:00:00+00:00", "2026-10-25 01:00+00:00", "2026-10-25"),
    ],
)
def test_a_moment_belongs_to_a_local_hour_and_day(zone, moment, hour, day):
    found = bucket(ZoneInfo(zone), seconds(moment))
    assert (found.hour, str(found.day)) == (seconds(hour), day)


@settings(deadline=None)
@given(st.sampled_from(ZONES), TIMES)
def test_an_hour_is_a_local_one_and_starts_on_a_quarter(zone, time):
    found = bucket(ZoneInfo(zone), time)
    assert found.hour <= time < found.hour + 3600
    assert found.hour % 900 == 0
    local = datetime.fromtimestamp(time, ZoneInfo(zone))
    assert found.day == local.date()
    assert time - found.hour == local.minute * 60 + local.second


@settings(deadline=None)
@given(st.sampled_from(ZONES), DAYS)
def test_a_day_begins_at_its_first_moment(zone, day):
    first = midnight(ZoneInfo(zone), day)
    assert bucket(ZoneInfo(zone), first).day == day
    assert bucket(ZoneInfo(zone), first - 1).day == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 29), 23),
        ("Europe/Paris", date(2026, 10, 25), 25),
        ("Europe/Paris", date(2026, 11, 23), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ],
)
def test_days_have_their_real_length(zone, day, hours):
    length = midnight(ZoneInfo(zone), day + timedelta(days=1)) - midnight(ZoneInfo(zone), day)
    assert length == hours * 3600


def test_midnight_is_told_in_utc():
    assert datetime.fromtimestamp(midnight(ZoneInfo("Asia/Kolkata"), date(2026, 11, 24)), UTC) == (
        datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    )
