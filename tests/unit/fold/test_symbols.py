from datetime import date

import pytest

from ingest.fold.symbols import Symbol, Symbols, is_prop
from ingest.settings import Site
from ingest.store.dimensions import DIMENSIONS, OTHER, PROP_CAP, PROP_NAMES_CAP

SITE = Site("example.com")
DAY = date(2026, 11, 23)


def new_day(**caps):
    return Symbols(caps).day(SITE, DAY)


def test_a_value_has_one_number_that_stands_for_it():
    symbols = Symbols({})
    day, other = symbols.day(SITE, DAY), symbols.day(Site("other.example"), DAY)
    number = day.symbol("page", "/a")
    assert day.symbol("page", "/a") == number
    assert symbols.names[number] == Symbol(SITE, DAY, "page", "/a")
    others = [day.symbol("page", "/b"), day.symbol("section", "/a"), other.symbol("page", "/a")]
    assert len({number, day.total, other.total, *others}) == 6


def test_past_the_cap_a_value_is_other():
    day = new_day(page=2)
    first, second = day.symbol("page", "/a"), day.symbol("page", "/b")
    other = day.symbol("page", "/c")
    assert day._symbols.names[other].value == OTHER
    assert day.symbol("page", "/d") == other == day.symbol("page", OTHER)
    assert (day.symbol("page", "/a"), day.symbol("page", "/b")) == (first, second)
    assert day._symbols.names[day.symbol("section", "/c")].value == "/c"


@pytest.mark.parametrize("dimension", [dimension.name for dimension in DIMENSIONS])
def test_a_flood_of_values_is_bounded_by_the_default_cap(dimension):
    day = new_day()
    numbers = {day.symbol(dimension, str(number)) for number in range(10_100)}
    assert len(numbers) == (10_001 if "page" in dimension else 2_001)


def test_a_flood_of_properties_is_bounded():
    day = new_day()
    taken = [day.takes_prop(f"prop:{number}") for number in range(PROP_NAMES_CAP + 50)]
    assert taken == [True] * PROP_NAMES_CAP + [False] * 50
    assert day.takes_prop("prop:0")
    numbers = {day.symbol("prop:0", str(number)) for number in range(PROP_CAP + 50)}
    assert len(numbers) == PROP_CAP + 1


def test_a_day_that_is_forgotten_leaves_nothing_and_no_number_comes_again():
    symbols = Symbols({})
    day, stays = symbols.day(SITE, DAY), symbols.day(SITE, date(2026, 11, 24))
    assert day.takes_prop("prop:plan")
    gone = {day.total, day.symbol("page", "/a"), day.symbol("prop:plan", "pro")}
    assert set(day.forget()) == gone
    assert set(symbols.names) == {stays.total}
    assert symbols.day(SITE, DAY).symbol("page", "/a") > max(gone)


def test_custom_properties_are_told_by_their_prefix():
    assert is_prop("prop:plan")
    assert not is_prop("page")
