from datetime import date

from ingest.fold.ledger import pair_base
from ingest.fold.symbols import Symbols
from ingest.store.dimensions import OTHER, PAIRS, Scope, names
from ingest.visit.day import Day
from ingest.visit.first_seen import FirstSeen
from ingest.visit.visit import CROSSED_HIT, Visit
from tests.unit.visit.walk import HOW, Walk

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def a_visit(k=1):
    """Return a visit that began on Monday, the numbers in use, and Tuesday."""
    walk = Walk(k=k)
    symbols = Symbols({})
    monday, tuesday = (
        Day(walk.site, day, symbols.day(walk.site, day), FirstSeen()) for day in (MONDAY, TUESDAY)
    )
    hit = walk.hit("ada", "2026-11-23 23:50", "/a", how=HOW._replace(utm_term="x"))
    return Visit(hit, 1, monday, 0), symbols, tuesday


def test_a_visit_makes_a_cell_of_each_dimension_and_pair_of_its_own():
    visit, symbols, _ = a_visit()
    wide = [symbols.names[number].dimension for number in visit.cells.wide]
    assert sorted(wide) == sorted({"", *names(Scope.HOW), *names(Scope.WHO)} - {"exit_page"})
    number_of = dict(zip(wide, visit.cells.wide, strict=True))
    pairs = [pair_base(number_of[a]) + number_of[b] for a, b in PAIRS if a not in CROSSED_HIT]
    assert sorted(visit.cells.wide_pairs) == sorted(pairs)
    assert visit.cells.who_pairs.tolist() == [
        cell for cell in visit.cells.wide_pairs if cell >> 32 in set(visit.cells.who)
    ]


def test_a_visit_that_enters_a_day_has_its_cells_there_and_where_it_began():
    visit, symbols, tuesday = a_visit()
    visit.enter_day(tuesday, 2)
    assert {symbols.names[number].day for number in visit.cells.wide} == {MONDAY}
    assert {symbols.names[number].day for number in visit.cells_now.wide} == {TUESDAY}
    assert (visit.day.running, tuesday.running) == (1, 0)


def test_free_text_needs_its_crowd_on_each_day():
    visit, symbols, tuesday = a_visit(k=2)
    tuesday.tell("utm_term", "x", 7)
    visit.enter_day(tuesday, 2)
    told = [
        next(symbols.names[n].value for n in cells.wide if symbols.names[n].dimension == "utm_term")
        for cells in (visit.cells, visit.cells_now)
    ]
    assert told == [OTHER, "x"]
