import pickle
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from ingest.fold.symbols import BLOCK_BITS, Symbols, is_prop
from ingest.settings import Site
from ingest.store.dimensions import DIMENSIONS, OTHER, PROP_CAP, PROP_NAMES_CAP
from ingest.store.names import Name

SITE = Site("example.com")
DAY = date(2026, 11, 23)


def new_day(**caps):
    return Symbols(caps).day(SITE, DAY)


def name_of(day, number):
    return day._symbols.name(number)


def test_a_value_has_one_number_that_stands_for_it():
    symbols = Symbols({})
    day, other = symbols.day(SITE, DAY), symbols.day(Site("other.example"), DAY)
    number = day.symbol("page", "/a")
    assert day.symbol("page", "/a") == number
    assert name_of(day, number) == Name("example.com", DAY, "page", "/a")
    others = [day.symbol("page", "/b"), day.symbol("section", "/a"), other.symbol("page", "/a")]
    assert len({number, day.total, other.total, *others}) == 6


def test_past_the_cap_a_value_is_other():
    day = new_day(page=2)
    first, second = day.symbol("page", "/a"), day.symbol("page", "/b")
    other = day.symbol("page", "/c")
    assert name_of(day, other).value == OTHER
    assert day.symbol("page", "/d") == other == day.symbol("page", OTHER)
    assert (day.symbol("page", "/a"), day.symbol("page", "/b")) == (first, second)
    assert name_of(day, day.symbol("section", "/c")).value == "/c"


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
    assert day.forget() == [number >> BLOCK_BITS for number in gone][:1]
    assert symbols.name(stays.total) == Name("example.com", stays.day, "", "")
    for number in gone:
        with pytest.raises(KeyError):
            symbols.name(number)
    assert symbols.day(SITE, DAY).symbol("page", "/a") >> BLOCK_BITS > max(gone) >> BLOCK_BITS


def test_custom_properties_are_told_by_their_prefix():
    assert is_prop("prop:plan")
    assert not is_prop("page")


def test_a_day_is_full_once_a_value_has_become_other():
    day = new_day(page=1)
    day.symbol("page", "/a")
    assert not day.is_full
    day.symbol("page", "/b")
    assert day.is_full
    assert [day.has("page", page) for page in ("/a", "/b")] == [True, False]


def test_a_value_is_found_without_getting_a_number():
    day = new_day(page=1)
    assert day.find("page", "/a") is None
    assert not day.has("page", "/a")
    first = day.symbol("page", "/a")
    assert day.find("page", "/a") == first
    assert day.find("page", "/b") is None
    other = day.symbol("page", "/b")
    assert day.find("page", "/c") == other != first


def test_a_number_tells_its_sites_crowd_and_not_what_came_together():
    symbols = Symbols({})
    one, five = symbols.day(Site("one.example", k=1), DAY), symbols.day(SITE, DAY)
    numbers = [day.symbol("page", str(page)) for page in range(3_000) for day in (one, five)]
    assert symbols.ks(np.array(numbers)).tolist() == [1, 5] * 3_000
    assert len({*numbers, one.total, five.total}) == 6_002
    steps = [b - a for a, b in pairwise(numbers[::2])]
    assert sum(step == 1 for step in steps) < 100, "in the order of their arrival all would be"


def test_no_number_is_of_two_sessions():
    symbols = Symbols({})
    day = symbols.day(SITE, DAY)
    thawed = pickle.loads(pickle.dumps(day))._symbols  # noqa: S301 (our own bytes)
    assert thawed.name(day.total) == symbols.name(day.total)
    assert thawed.session != symbols.session


def test_all_numbers_are_found_again_after_a_freeze():
    day = new_day(page=60_000, entry_page=5)
    assert day.takes_prop("prop:plan")
    values = [(name, str(n)) for n in range(60_000) for name in ("page", "entry_page", "prop:plan")]
    numbers = [day.symbol(*value) for value in values]
    assert len(set(numbers)) == 60_000 + 6 + PROP_CAP + 1
    thawed = pickle.loads(pickle.dumps(day))  # noqa: S301 (our own bytes)
    for one in (day, thawed):
        assert [one.symbol(*value) for value in values] == numbers
        assert one.symbol("page", "new") == one.symbol("page", OTHER) not in numbers
    for number in numbers[::1_001]:
        assert thawed.name(number) == day.name(number)


def test_a_number_that_no_value_has_is_an_error_and_stands_for_nothing():
    symbols = Symbols({})
    day = symbols.day(SITE, DAY)
    used = {day.symbol("page", "/a"), day.total}
    (block,) = day.blocks
    free = [
        number
        for number in range(block << BLOCK_BITS, block + 1 << BLOCK_BITS)
        if number not in used
    ]
    assert len(free) == 254
    for number in free:
        with pytest.raises(KeyError):
            symbols.name(number)


def test_numbers_of_many_values_are_their_own_through_a_restart():
    symbols = Symbols({"page": 2_000})
    day = symbols.day(SITE, DAY)
    numbers = {day.symbol("page", f"/{number}"): f"/{number}" for number in range(1_500)}
    assert len(numbers) == 1_500
    thawed = pickle.loads(pickle.dumps(symbols))  # noqa: S301 (our own)
    for number, page in numbers.items():
        assert thawed.name(number).value == page
        assert day.symbol("page", page) == number
        assert thawed._days[number >> BLOCK_BITS].find("page", page) == number
