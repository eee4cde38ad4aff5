from datetime import date

import pytest

from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.dimensions import NONE, OTHER
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen


@pytest.fixture
def day():
    site, today = Site("example.com", k=2), date(2026, 11, 23)
    return Day(site, today, 1, Symbols({}).day(site, today), FirstSeen())


@pytest.mark.parametrize(
    ("dimension", "value"),
    [("page", "/a"), ("utm_campaign", "spring"), ("utm_content", NONE), ("prop:plan", NONE)],
)
def test_what_is_no_free_text_is_told_at_once(day, dimension, value):
    assert day.tell(dimension, value, visitor=1) == value


@pytest.mark.parametrize("dimension", ["utm_content", "utm_term", "prop:plan"])
def test_free_text_waits_for_its_crowd_and_ends_with_the_day(day, dimension):
    assert [day.tell(dimension, "x", visitor) for visitor in (1, 2)] == [OTHER, "x"]
    day.end()
    assert day.tell(dimension, "x", visitor=1) == OTHER
    assert day.seen is None
