from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.store.records import Records
from ingest.store.tables import TABLES


def records(*cells):
    """Return records with a row for each cell, a value and a number, in every table."""
    columns = {}
    for table in TABLES:
        keys = [[value] * len(table.key) for value, _ in cells]
        rows = [(*key, *[n] * len(table.counters)) for key, (_, n) in zip(keys, cells, strict=True)]
        columns[table.name] = [list(column) for column in zip(*rows, strict=True)] or [
            [] for _ in table.columns
        ]
    return Records(columns)


def test_records_come_back_as_they_were():
    both = records(("a", 1), ("bücher \\' \n", -2))
    assert Records.decode([both.encode()]).columns == both.columns


def test_no_parts_are_no_records():
    nothing = {table.name: [[] for _ in table.columns] for table in TABLES}
    assert Records.decode([]).columns == nothing
    assert Records.decode([records().encode()]).columns == nothing


CELLS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), max_size=4)


@settings(deadline=None)
@given(st.lists(CELLS, max_size=4))
def test_parts_are_summed_and_sorted_so_that_no_order_of_hits_is_left(parts):
    joined = Records.decode([records(*cells).encode() for cells in parts])
    expected = Counter()
    for value, amount in (cell for cells in parts for cell in cells):
        expected[value] += amount
    for table in TABLES:
        values, *_ = joined.columns[table.name]
        assert values == sorted(expected)
        assert joined.columns[table.name][-1] == [expected[value] for value in sorted(expected)]
