from datetime import date, timedelta
from io import StringIO

from rich.console import Console

from ingest.demo.progress import progress


def shown(days: int, *, terminal: bool) -> str:
    out = StringIO()
    with progress(Console(file=out, force_terminal=terminal, width=120), days) as report:
        for number in range(days):
            report(date(2026, 1, 1) + timedelta(days=number), (number + 1) * 1_000)
    return out.getvalue()


def test_elsewhere_than_on_a_terminal_there_is_a_line_a_month():
    assert shown(70, terminal=False).splitlines() == [
        "2026-01-30: day 30 of 70, 30,000 hits",
        "2026-03-01: day 60 of 70, 60,000 hits",
        "2026-03-11: day 70 of 70, 70,000 hits",
    ]


def test_a_terminal_shows_a_bar_with_day_hits_and_rate():
    last = shown(70, terminal=True).split("\r")[-1]
    assert "2026-03-11" in last
    assert "day 70 of 70" in last
    assert "70,000 hits, " in last
    assert "/s" in last
