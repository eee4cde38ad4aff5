from collections import Counter

import pytest

from ingest.store.dimensions import (
    DIMENSIONS,
    FREE_TEXT,
    PAIRS,
    Scope,
    crossed_with,
    names,
)

CROSSED = {"channel", "source", "utm_campaign", "entry_page", "country", "language"}
CROSSED |= {"browser", "os", "device"}


def test_every_dimension_has_a_name_of_its_own_and_a_cap():
    assert len({dimension.name for dimension in DIMENSIONS}) == len(DIMENSIONS) == 26
    assert {dimension.name for dimension in DIMENSIONS if dimension.cap != 2_000} == {
        "page",
        "entry_page",
        "exit_page",
    }
    assert sum(len(names(scope)) for scope in Scope) == len(DIMENSIONS)


def test_pairs_are_each_there_once_in_one_order():
    assert all(pair[::-1] not in PAIRS for pair in PAIRS)
    assert len(set(PAIRS)) == len(PAIRS) == 3 * 9 + 36
    assert {name for pair in PAIRS for name in pair} == CROSSED | {"page", "event", "goal"}


@pytest.mark.parametrize("name", sorted(CROSSED))
def test_a_dimension_of_the_visit_meets_all_others(name):
    assert set(crossed_with(name)) == (CROSSED | {"page", "event", "goal"}) - {name}


@pytest.mark.parametrize("name", ["page", "event", "goal"])
def test_a_dimension_of_the_hit_meets_those_of_the_visit(name):
    assert Counter(crossed_with(name)) == Counter(CROSSED)


def test_what_could_carry_a_persons_token_meets_nothing():
    assert {"utm_content", "utm_term"} == FREE_TEXT
    for name in (*FREE_TEXT, "city", "region", "provider", "referrer", "hostname", "exit_page"):
        assert crossed_with(name) == ()
