from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from queries.period import Period, parse_period
from queries.problem import ProblemError

TODAY = date(2026, 3, 31)
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 31, 12, 20, tzinfo=UTC).timestamp()


def _parsed(asked: str | tuple[str, str], zone: ZoneInfo = PARIS, now: float = NOW) -> Period:
    return parse_period(asked, zone, now)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("day", "2026-03-31"),
        ("1d", "2026-03-31"),
        ("7d", "2026-03-25"),
        ("28d", "2026-03-04"),
        ("30d", "2026-03-02"),
        ("9999d", "1998-11-15"),
        ("month", "2026-03-01"),
        ("1mo", "2026-03-01"),
        ("3mo", "2026-01-01"),
        ("4mo", "2025-12-01"),
        ("12mo", "2025-04-01"),
        ("year", "2026-01-01"),
    ],
)
def test_a_relative_range_ends_today_and_includes_it(asked: str | tuple[str, str], first: str):
    assert _parsed(asked) == Period(date.fromisoformat(first), TODAY)


def test_two_dates_are_both_included():
    period = _parsed(("2024-02-28", "2024-03-01"))
    assert period == Period(date(2024, 2, 28), date(2024, 3, 1))
    assert period.days == 3


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "0d",
        "7D",
        "\N{ARABIC-INDIC DIGIT SEVEN}d",
        "now",
        "99999d",
        "100mo",
        ("2026-01-01", ""),
        ("2026-01-01T12:30:00+02:00", "2026-01-02"),
        ("2026-01-01T12:00:00", "2026-01-01T12:20:00"),
        ("2026-01-01T12:00:00+00:30", "2026-01-01T14:00:00+00:30"),
        ("20260101", "20260102"),
        ("2026-02-30", "2026-03-01"),
        ("0001-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31"),
    ],
)
def test_other_ranges_are_refused_with_what_is_possible(asked: str | tuple[str, str]):
    with pytest.raises(ProblemError) as caught:
        _parsed(asked)
    assert caught.value.status == 422
    assert "12mo" in caught.value.detail


def test_dates_the_wrong_way_round_are_refused():
    with pytest.raises(ProblemError, match="swap them"):
        _parsed(("2026-01-02", "2026-01-01"))


def test_24_hours_end_with_this_one():
    period = _parsed("24h")
    assert period.hours == (_seconds("2026-03-30T13:00Z"), _seconds("2026-03-31T13:00Z"))
    assert (period.first, period.last, period.length) == (date(2026, 3, 30), TODAY, 24)


def test_realtime_is_the_hours_that_the_last_half_hour_touches():
    assert _parsed("realtime").hours == (
        _seconds("2026-03-31T11:00Z"),
        _seconds("2026-03-31T13:00Z"),
    )
    assert _parsed("realtime", now=NOW + 600).hours == (
        _seconds("2026-03-31T12:00Z"),
        _seconds("2026-03-31T13:00Z"),
    )


def test_all_is_open():
    period = _parsed("all")
    assert period.is_open
    assert period.last == TODAY


@pytest.mark.parametrize(
    "asked",
    [
        ("2026-03-30T12:00:00+02:00", "2026-03-31T03:00:00+02:00"),
        ("2026-03-30T12:00:00", "2026-03-31T02:59:59"),
        ("2026-03-30T10:00:00Z", "2026-03-31T00:59:59Z"),
    ],
)
def test_hours_are_the_sites_own_or_name_their_offset(asked: tuple[str, str]):
    assert _parsed(asked).hours == (
        _seconds("2026-03-30T10:00Z"),
        _seconds("2026-03-31T01:00Z"),
    )


def test_hours_that_make_whole_days_are_days():
    asked = ("2026-03-28T00:00:00", "2026-03-29T23:59:59")
    assert _parsed(asked) == Period(date(2026, 3, 28), date(2026, 3, 29))


def test_hours_of_a_zone_begin_where_its_clock_says():
    asked = ("2026-03-30T12:00:00", "2026-03-30T13:00:00")
    assert _parsed(asked, ZoneInfo("Asia/Kolkata")).hours == (
        _seconds("2026-03-30T06:30Z"),
        _seconds("2026-03-30T07:30Z"),
    )
