from array import array

from hypothesis import given
from hypothesis import strategies as st

from ingest.visit.brought import add_new, deepen, is_in

SYMBOLS = st.integers(0, 2**32 - 1) | st.integers(0, 5)


@given(st.lists(SYMBOLS), SYMBOLS)
def test_a_symbol_is_new_once(symbols, other):
    brought, known = array("I"), set()
    for symbol in symbols:
        assert add_new(brought, symbol) is (symbol not in known)
        known.add(symbol)
    assert brought.tolist() == sorted(known)
    assert is_in(brought, other) is (other in known)
    assert all(is_in(brought, symbol) for symbol in known)


@given(st.lists(st.tuples(SYMBOLS, st.integers(0, 100))))
def test_each_page_is_seen_deeper_or_not(seen):
    scrolls, deepest = array("Q"), {}
    for page, percent in seen:
        before = deepest.get(page)
        deepest[page] = max(percent, before or 0)
        assert deepen(scrolls, page, percent) == (deepest[page] - (before or 0), before is None)
