from datetime import date

import numpy as np

from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.dimensions import OTHER, PAIRS, Scope, names
from ingest.store.records import pair_base
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen
from ingest.visit.wide import (
    CROSSED_HIT,
    WAYS,
    WIDE,
    crossed_cells,
    crossed_how,
    crossed_who,
    pair_cells,
    ways,
    wide_symbols,
)
from tests.unit.visit.walk import HOW, WHO

VALUES = [*HOW, "/a", *WHO]


def a_day(k=1, caps=None):
    site, today = Site("example.com", k=k), date(2026, 11, 23)
    symbols = Symbols(caps or {}).day(site, today)
    return Day(site, today, 1, symbols=symbols, seen=FirstSeen(WAYS), in_use=set())


def dimensions(day, symbols):
    return [day.symbols.name(symbol).dimension for symbol in symbols]


def test_a_visit_has_a_symbol_of_the_totals_and_of_each_dimension_of_its_own():
    day = a_day()
    wide, untold = wide_symbols(day, 1, VALUES)
    assert dimensions(day, wide) == ["", *WIDE]
    assert sorted(WIDE) == sorted({*names(Scope.HOW), *names(Scope.WHO)} - {"exit_page"})
    assert untold == {}


def test_a_visit_makes_a_cell_of_each_pair_of_its_own():
    day = a_day()
    wide, _ = wide_symbols(day, 1, VALUES)
    number_of = dict(zip(dimensions(day, wide), wide, strict=True))
    pairs = [pair_base(number_of[a]) + number_of[b] for a, b in PAIRS if a not in CROSSED_HIT]
    assert pair_cells(np.array([wide, wide])).tolist() == [pairs, pairs]


def test_a_page_meets_each_dimension_that_it_may_meet():
    day = a_day()
    wide, _ = wide_symbols(day, 1, VALUES)
    number_of = dict(zip(dimensions(day, wide), wide, strict=True))
    page = day.symbols.symbol("page", "/a")
    pairs = [pair_base(page) + number_of[b] for a, b in PAIRS if a == "page"]
    assert crossed_cells(np.array([page]), np.array([wide])).tolist() == [pairs]
    met = dimensions(day, [*crossed_how(wide), *crossed_who(wide)])
    assert met == [b for a, b in PAIRS if a == "page"]
    assert dimensions(day, crossed_who(wide)) == [b for b in met if b in names(Scope.WHO)]


def test_visits_of_one_visitor_differ_in_how_they_came_and_in_the_screen():
    day = a_day()
    wide, _ = wide_symbols(day, 1, VALUES)
    expected = {*names(Scope.HOW), "screen"} - {"exit_page"}
    assert sorted(dimensions(day, ways(wide))) == sorted(expected)


def test_what_symbols_do_not_tell_is_told_beside_them():
    day = a_day(k=2, caps={"country": 1})
    values = [*HOW._replace(utm_term="x"), "/a", *WHO]
    wide_symbols(day, 1, VALUES)
    wide, untold = wide_symbols(day, 1, [*values[:9], "IN", *values[10:]])
    told = {name.dimension: name.value for name in (day.symbols.name(symbol) for symbol in wide)}
    assert (told["utm_term"], told["country"]) == (OTHER, OTHER)
    assert untold == {WIDE.index("utm_term"): "x", WIDE.index("country"): "IN"}
