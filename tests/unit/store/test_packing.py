from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.store.packing import Pile, pack
from ingest.store.tables import COUNTERS

CELLS = st.one_of(st.integers(0, 9), st.integers(0, 2**63 - 1))
AMOUNTS = st.one_of(st.integers(-9, 9), st.integers(-(2**40), 2**40))
GAINS = st.dictionaries(st.integers(0, len(COUNTERS) - 1), AMOUNTS, max_size=4)
PARTS = st.lists(st.dictionaries(CELLS, GAINS, max_size=5), max_size=6)


def packed(part):
    cells = sorted(part)
    gains = np.zeros((len(COUNTERS), len(cells)), np.int64)
    for place, cell in enumerate(cells):
        for counter, amount in part[cell].items():
            gains[counter, place] = amount
    return pack(np.array(cells, np.int64), gains)


@pytest.mark.parametrize("at_once", [0, 4, 1_000])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS)
def test_parts_add_up_however_many_at_once(monkeypatch, at_once, parts):
    monkeypatch.setattr("ingest.store.packing._CELLS_AT_ONCE", at_once)
    pile, expected = Pile(), Counter()
    for part in parts:
        pile.add(packed(part))
        for cell, gains in part.items():
            expected.update({(cell, counter): amount for counter, amount in gains.items()})
    cells, gains = pile.sum()
    found = {
        (cell, counter): amount
        for cell, amounts in zip(cells.tolist(), gains.T.tolist(), strict=True)
        for counter, amount in enumerate(amounts)
        if amount
    }
    assert found == {key: amount for key, amount in expected.items() if amount}
    assert sorted(set(cells.tolist())) == cells.tolist(), "each once, in rising order"
    assert gains.any(axis=0).all(), "a cell whose gains cancel out is left out"


def test_small_gains_take_little_room():
    cells = np.arange(1_000) * 100
    gains = np.zeros((len(COUNTERS), 1_000), np.int64)
    gains[0] = 1
    steps, flags, amounts = pack(cells, gains)
    assert sum(map(len, [*steps, flags, *amounts])) == 1_000 * (2 + 2 + 1)
