from datetime import date

import pytest

from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.dimensions import NONE, OTHER
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen
from ingest.visit.hit import Where
from ingest.visit.wide import WAYS


@pytest.fixture
def day():
    site, today = Site("example.com", k=2), date(2026, 11, 23)
    symbols = Symbols({}).day(site, today)
    return Day(site, today, 1, symbols=symbols, seen=FirstSeen(WAYS), in_use=set())


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


def test_values_of_several_dimensions_have_the_symbols_that_they_have_one_by_one(day):
    names = Where._fields
    values = Where("/a", "/a", "example.com")
    for _ in range(2):
        assert day.symbols_of(names, values) == [
            day.symbols.symbol(name, value) for name, value in zip(names, values, strict=True)
        ]
