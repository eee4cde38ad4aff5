import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fold.cell_table import CellTable

CELLS = st.integers(1, 2**62) | st.integers(1, 20).map(lambda first: first << 40 | first)


def numbers(table, cells):
    """Return the number of each cell, None of one that is not there."""
    places, is_there = table.find(np.array(cells, np.int64))
    found = table.values(places).tolist()
    return [n if there else None for n, there in zip(found, is_there.tolist(), strict=True)]


@settings(deadline=None)
@given(st.lists(st.sets(CELLS, max_size=30) | st.integers(1, 20), max_size=8))
def test_cells_are_found_until_they_are_removed(steps):
    table, known = CellTable(), {}
    for step in steps:
        if isinstance(step, int):
            gone = {cell: n for cell, n in known.items() if cell >> 40 == step}
            removed = table.remove_by_first(np.array([step]), 40)
            assert sorted(removed.tolist()) == sorted(gone.values())
            known = {cell: n for cell, n in known.items() if cell not in gone}
        else:
            new = sorted(step - known.keys())
            given = np.arange(len(known), len(known) + len(new), dtype=np.int32)
            table.add(np.array(new, np.int64), given)
            known |= dict(zip(new, given.tolist(), strict=True))
        assert len(table) == len(known)
        assert numbers(table, list(known)) == list(known.values())
    assert numbers(pickle.loads(pickle.dumps(table)), list(known)) == list(known.values())  # noqa: S301


def test_a_table_grows_and_says_when_places_have_moved():
    table = CellTable()
    cells = np.arange(1, 50_001) << 20
    moved = [table.add(part, part.astype(np.int32)) for part in np.split(cells, 50)]
    assert any(moved)
    assert not all(moved)
    assert numbers(table, cells.tolist()) == cells.astype(np.int32).tolist()


def test_cells_past_the_end_of_a_table_that_grows_go_on_at_its_start():
    table = CellTable()
    cells = np.arange(1, 200_000)
    last, others = cells[(starts := table._start(cells)) >= 4_090], cells[starts < 2_000]
    mixed = np.concatenate([last[:250], others[:2_300]])
    assert not table.add(mixed[:2_400], np.arange(2_400, dtype=np.int32))
    assert table.add(mixed[2_400:], np.arange(2_400, len(mixed), dtype=np.int32))
    assert np.isin(table._cells[:100], last).any()
    assert numbers(table, mixed.tolist()) == list(range(len(mixed)))


def test_removed_cells_make_room_for_others():
    table = CellTable()
    for first in range(1, 201):
        cells = (first << 40) + np.arange(1_000)
        table.add(cells, np.zeros(1_000, np.int32))
        if first > 1:
            table.remove_by_first(np.array([first - 1]), 40)
    assert len(table) == 1_000
    assert len(table._cells) <= 8_192


def test_an_empty_table_keeps_nothing():
    table = CellTable()
    table.add(np.array([7 << 40]), np.array([1], np.int32))
    table.remove_by_first(np.array([7]), 40)
    assert not table._cells.any()
    assert numbers(table, [7 << 40]) == [None]


def test_a_number_can_be_set():
    table = CellTable()
    table.add(np.array([5, 6]), np.array([1, 2], np.int32))
    places, _ = table.find(np.array([6]))
    table.set(places, -1)
    assert numbers(table, [5, 6]) == [1, -1]
