from datetime import date

import pytest

from queries.period import parse_period
from queries.problem import ProblemError

TODAY = date(2026, 3, 31)


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
    assert parse_period(asked, TODAY) == (date.fromisoformat(first), TODAY)


def test_two_dates_are_both_included():
    period = parse_period(("2024-02-28", "2024-03-01"), TODAY)
    assert period == (date(2024, 2, 28), date(2024, 3, 1))
    assert period.days == 3


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "0d",
        "7D",
        "\N{ARABIC-INDIC DIGIT SEVEN}d",
        "all",
        "99999d",
        "100mo",
        ("2026-01-01", ""),
        ("2026-01-01T12:00:00+02:00", "2026-01-02"),
        ("20260101", "20260102"),
        ("2026-02-30", "2026-03-01"),
        ("0001-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31"),
    ],
)
def test_other_ranges_are_refused_with_what_is_possible(asked: str | tuple[str, str]):
    with pytest.raises(ProblemError) as caught:
        parse_period(asked, TODAY)
    assert caught.value.status == 422
    assert "12mo" in caught.value.detail


def test_dates_the_wrong_way_round_are_refused():
    with pytest.raises(ProblemError, match="swap them"):
        parse_period(("2026-01-02", "2026-01-01"), TODAY)
