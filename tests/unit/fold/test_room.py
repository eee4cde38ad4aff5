import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.fold.room import FreeRows, doubled

STEPS = st.lists(st.integers(0, 9) | st.sets(st.integers(0, 20), max_size=9), max_size=20)


@given(STEPS)
def test_no_row_is_handed_out_twice(steps):
    free, out = FreeRows(), set()
    for step in steps:
        if isinstance(step, int):
            taken = free.take_many(step).tolist() if step else [free.take()]
            assert len(taken) == (step or 1)
            assert out.isdisjoint(taken)
            out.update(taken)
        else:
            free.give_back(step & out)
            out -= step
        assert all(row < free.used for row in out)
    assert free.used <= sum(step or 1 for step in steps if isinstance(step, int))


def test_rows_given_back_are_handed_out_first():
    free = FreeRows()
    free.take_many(3)
    free.give_back([1])
    assert sorted(free.take_many(2).tolist()) == [1, 3]


def test_room_is_doubled_and_the_rows_stay():
    rows = np.arange(6).reshape(3, 2)
    assert doubled(rows).tolist() == [*rows.tolist(), [0, 0], [0, 0], [0, 0]]
