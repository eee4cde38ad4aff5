from array import array
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fold.ledger import Column, counters, hour_base, hours, pair_base, split
from ingest.store.tables import COUNTERS

WIDTH = len(COUNTERS)
MOST_SYMBOL = 2**32 - 1
LAST_HOUR = 4_294_967_100
"""The last quarter that ClickHouse's DateTime can say, in the year 2106."""


def test_counters_stand_in_the_order_of_the_tables():
    assert counters() == (0,) * WIDTH
    assert dict(zip(COUNTERS, counters(visits=2, exits=-1), strict=True)) == (
        dict.fromkeys(COUNTERS, 0) | {"visits": 2, "exits": -1}
    )


@settings(deadline=None)
@given(st.integers(0, LAST_HOUR // 900), st.integers(0, MOST_SYMBOL))
def test_a_cell_tells_its_hour_and_symbol(quarter, symbol):
    quarters, symbols = split(np.array([hour_base(quarter * 900) + symbol], np.int64))
    assert (hours(quarters).tolist(), symbols.tolist()) == ([quarter * 900], [symbol])


@settings(deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, MOST_SYMBOL))
def test_a_cell_tells_both_symbols_of_a_pair(a, b):
    first, second = split(np.array([pair_base(a) + b], np.int64))
    assert (first.tolist(), second.tolist()) == ([a], [b])


def test_an_empty_column_sums_to_nothing():
    sums = Column().sum()
    assert (sums.cells.shape, sums.gains.shape) == ((0,), (0, WIDTH))


ADDITIONS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 4), max_size=5),
        st.integers(0, 3).map(pair_base),
        st.lists(st.integers(-5, 5), min_size=WIDTH, max_size=WIDTH),
    )
)


@settings(deadline=None)
@given(ADDITIONS)
def test_every_cell_is_summed_once(additions):
    column, expected = Column(), {}
    for symbols, base, gains in additions:
        column.add(array("q", symbols), base, tuple(gains))
        for symbol in symbols:
            cell = expected.setdefault(base + symbol, Counter())
            cell.update(dict(enumerate(gains)))
    sums = column.sum()
    assert sums.cells.tolist() == sorted(expected)
    assert sums.gains.tolist() == [
        [expected[cell][place] for place in range(WIDTH)] for cell in sorted(expected)
    ]
