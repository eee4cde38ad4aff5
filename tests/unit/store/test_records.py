from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.store.names import Name, names_by
from ingest.store.records import (
    Records,
    Sums,
    fold_parts,
    hour_base,
    no_sums,
    pair_base,
    split,
)
from ingest.store.tables import COUNTERS, TABLES

DAY = date(2026, 11, 23)
HOUR = 1_795_458_600
MOST_SYMBOL = 2**31 - 1
LAST_HOUR = 4_294_967_100
"""The last quarter that ClickHouse's DateTime can say, in the year 2106."""


NUMBERS = {"a": 3, "b": 1, "c": 2}
"""Of values that parts have in common; others get the next."""


def number(value, others):
    return NUMBERS.get(value) or 10 + others.index(value)


def records(*cells):
    """Return records with a cell for each value and amount, in every table."""
    values = list(dict.fromkeys(value for value, _ in cells))
    names = {number(value, values): Name("a.example", DAY, "page", value) for value in values}
    symbols = np.array([number(value, values) for value, _ in cells], np.int64)
    gains = np.array([[n] * len(cells) for n in range(len(COUNTERS))], np.int64)
    gains[:] *= np.array([n for _, n in cells], np.int64)
    return Records(
        b"session",
        names_by(names.__getitem__),
        Sums(hour_base(HOUR) + symbols, gains),
        Sums((symbols << 32) + symbols, gains),
        {("a.example", HOUR, value): n for value, n in cells},
    )


def encoded(part):
    """Return a part with all its names."""
    return part.encode(part.symbols().tolist())


def by_value(joined):
    """Return each table's value and counters, by the place of the value's column."""
    columns = [joined.columns[table.name] for table in TABLES]
    return [
        {row[at]: row[width:] for row in zip(*table, strict=True)}
        for table, at, width in zip(columns, (3, 3, 4, 2), (4, 4, 6, 3), strict=True)
    ]


@settings(deadline=None)
@given(st.integers(0, LAST_HOUR // 900), st.integers(0, 2 * MOST_SYMBOL))
def test_a_cell_tells_its_hour_and_symbol(quarter, symbol):
    quarters, symbols = split(np.array([hour_base(quarter * 900) + symbol], np.int64))
    assert (quarters.tolist(), symbols.tolist()) == ([quarter], [symbol])


@settings(deadline=None)
@given(st.integers(0, MOST_SYMBOL), st.integers(0, 2 * MOST_SYMBOL))
def test_a_cell_tells_both_symbols_of_a_pair(a, b):
    first, second = split(np.array([pair_base(a) + b], np.int64))
    assert (first.tolist(), second.tolist()) == ([a], [b])


def test_columns_are_those_of_the_tables():
    columns = records(("/a", 2)).columns
    days = (DAY - date(1970, 1, 1)).days
    counted = [[2 * n] for n in range(len(COUNTERS))]
    by_day = [column for n, column in enumerate(counted) if COUNTERS[n] != "hour_visitors"]
    assert columns["traffic"] == [["a.example"], ["page"], [HOUR], ["/a"], *counted]
    assert columns["days"] == [["a.example"], ["page"], [days], ["/a"], *by_day]
    pair = [["a.example"], ["page"], ["page"], [days], ["/a"], ["/a"]]
    assert columns["crosstabs"] == [*pair, *counted]
    assert columns["drops"] == [["a.example"], [HOUR], ["/a"], [2]]


def test_records_come_back_as_they_were():
    both = records(("a", 1), ("b\u00fccher \\' \n", -2))
    assert Records.decode([encoded(both)]).columns == both.columns


@pytest.mark.parametrize("most", [0, 127, 128, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**52])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_counter_of_any_size_comes_back(most, sign):
    gains = np.zeros((len(COUNTERS), 3), np.int64)
    gains[3] = sign * most, sign * -most, sign * most - 1
    sums = Sums(np.array([1, 2, 3]), gains)
    gains[0] = 1  # a cell of nothing but 0 would be left out
    part = Records(b"", names_by({}.__getitem__), no_sums(), sums, {}).encode([])
    assert Records.decode([part]).crosstabs.gains.tolist() == gains.tolist()


def test_no_parts_are_no_records():
    nothing = {table.name: [[] for _ in table.columns] for table in TABLES}
    assert Records.decode([]).columns == nothing
    assert Records.decode([encoded(records())]).columns == nothing


def test_cells_that_cancel_out_are_left_out():
    there, back = records(("a", 1), ("b", 2)), records(("a", -1), ("b", 1))
    joined = Records.decode([encoded(there), encoded(back)])
    columns = joined.columns
    assert (columns["traffic"][3], columns["crosstabs"][4]) == (["b"], ["b"])


CELLS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), max_size=4)
PARTS = st.lists(CELLS, max_size=4)


@settings(deadline=None)
@given(PARTS, st.booleans())
def test_parts_are_summed_and_a_name_is_told_once(parts, are_folded):
    told, encoded, expected = set(), [], [Counter() for _ in TABLES]
    for drawn in parts:
        cells = sorted(dict(drawn).items(), key=lambda cell: NUMBERS[cell[0]])
        part = records(*cells)
        named = [symbol for symbol in part.symbols().tolist() if symbol not in told]
        told.update(named)
        encoded.append(part.encode(named))
        for value, amount in cells:
            for table in expected:
                table[value] += amount
    if are_folded:
        encoded = [fold_parts(encoded)]
    joined = Records.decode(encoded)
    for found, table in zip(by_value(joined), expected, strict=True):
        drops = table is expected[-1]
        assert {value: row[-1] for value, row in found.items()} == {
            value: amount * (1 if drops else len(COUNTERS) - 1)
            for value, amount in table.items()
            if amount or drops
        }
    assert (np.diff(joined.traffic.cells) > 0).all(), "no order of hits is left"
