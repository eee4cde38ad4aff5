from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fold.ledger import Additions
from ingest.store.tables import COUNTERS

WIDTH = len(COUNTERS)


def test_nothing_sums_to_nothing():
    additions = Additions()
    additions.add(np.empty(0, np.int64), np.empty((WIDTH, 0)))
    sums = additions.sum()
    assert (sums.cells.shape, sums.gains.shape) == ((0,), (WIDTH, 0))


MOST = st.sampled_from([1, 100, 2**24, 2**25, 2**26, 10**12])
AMOUNT = MOST.flatmap(lambda most: st.integers(-most, most))
AMOUNTS = st.lists(AMOUNT, min_size=WIDTH, max_size=WIDTH)
CELLS = st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True)
ADDITIONS = st.lists(st.tuples(CELLS, AMOUNTS))


@settings(deadline=None)
@given(ADDITIONS)
def test_every_cell_is_summed_once(added):
    additions, expected = Additions(), {}
    for cells, amounts in added:
        additions.add(np.array([cells]), np.array([amounts], float).T)
        for cell in cells:
            expected.setdefault(cell, Counter()).update(dict(enumerate(amounts)))
    sums = additions.sum()
    assert sums.cells.tolist() == sorted(expected)
    assert sums.gains.T.tolist() == [
        [expected[cell][place] for place in range(WIDTH)] for cell in sorted(expected)
    ]


def test_an_addition_goes_to_one_cell_or_to_each_of_its_row():
    amounts = np.zeros((WIDTH, 2))
    amounts[0] = 1, 10
    one, several = Additions(), Additions()
    one.add(np.array([7, 7]), amounts)
    several.add(np.array([[7, 8], [8, 9]]), amounts)
    assert dict(zip(one.sum().cells.tolist(), one.sum().gains[0].tolist(), strict=True)) == {7: 11}
    assert several.sum().cells.tolist() == [7, 8, 9]
    assert several.sum().gains[0].tolist() == [1, 11, 10]
