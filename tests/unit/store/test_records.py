from collections import Counter
from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.store.records import (
    Name,
    Names,
    Records,
    Sums,
    decode_name,
    encode_name,
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


def records(*cells, session=b"one", first=1):
    """Return records with a cell for each value and number, in every table.

    A value's number is of its session: `first` and the following, in the order of the cells.
    """
    values = list(dict.fromkeys(value for value, _ in cells))
    number_of = {value: number for number, value in enumerate(values, first)}
    names = [encode_name(Name("a.example", DAY, "page", value)) for value in values]
    symbols = np.array([number_of[value] for value, _ in cells], np.int64)
    gains = np.array([[n] * len(cells) for n in range(len(COUNTERS))], np.int64)
    gains[:] *= np.array([n for _, n in cells], np.int64)
    return Records(
        Names(session, np.array(list(number_of.values()), np.int64), names),
        Sums(hour_base(HOUR) + symbols, gains),
        Sums((symbols << 32) + symbols, gains),
        {("a.example", HOUR, value): n for value, n in cells},
    )


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


def test_a_name_comes_back_as_it_was():
    name = Name("a.example", DAY, "prop:plan", "b\u00fccher ' \n")
    assert decode_name(encode_name(name)) == name


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
    assert Records.decode([both.encode()]).columns == both.columns


@pytest.mark.parametrize("most", [0, 127, 128, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**52])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_counter_of_any_size_comes_back(most, sign):
    gains = np.zeros((len(COUNTERS), 3), np.int64)
    gains[3] = sign * most, sign * -most, sign * most - 1
    sums = Sums(np.array([1, 2, 3]), gains)
    names = Names(b"", np.empty(0, np.int64), [])
    encoded = Records(names, no_sums(), sums, {}).encode()
    assert Records.decode([encoded]).crosstabs.gains.tolist() == gains.tolist()


def test_no_parts_are_no_records():
    nothing = {table.name: [[] for _ in table.columns] for table in TABLES}
    assert Records.decode([]).columns == nothing
    assert Records.decode([records().encode()]).columns == nothing


def test_parts_of_another_form_are_refused():
    part = msgspec.msgpack.decode(records(("a", 1)).encode())
    with pytest.raises(ValueError, match="form 99"):
        Records.decode([msgspec.msgpack.encode([99, *part[1:]])])


CELLS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), max_size=4)
PARTS = st.lists(st.tuples(CELLS, st.sampled_from([b"one", b"two"])), max_size=4)


@settings(deadline=None)
@given(PARTS)
def test_parts_are_summed_whichever_numbers_their_sessions_gave(parts):
    first = {b"one": {"a": 1, "b": 2, "c": 3}, b"two": {"c": 1, "a": 2, "b": 9}}
    encoded, expected = [], [Counter() for _ in TABLES]
    for drawn, session in parts:
        cells = sorted(dict(drawn).items(), key=lambda cell: first[session][cell[0]])
        part = records(*cells, session=session)
        numbers = np.array([first[session][value] for value, _ in cells], np.int64)
        part = Records(
            part.names._replace(numbers=numbers),
            part.traffic._replace(cells=hour_base(HOUR) + numbers),
            part.crosstabs._replace(cells=(numbers << 32) + numbers),
            part.drops,
        )
        encoded.append(part.encode())
        for value, amount in cells:
            for table in expected:
                table[value] += amount
    joined = Records.decode(encoded)
    for found, table in zip(by_value(joined), expected, strict=True):
        assert {value: row[-1] for value, row in found.items()} == {
            value: amount * (1 if table is expected[-1] else len(COUNTERS) - 1)
            for value, amount in table.items()
        }
    assert Records.decode([joined.encode()]).columns == joined.columns
    assert (np.diff(joined.traffic.cells) > 0).all(), "no order of hits is left"
