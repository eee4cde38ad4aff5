from collections import Counter
from random import Random
from statistics import mean, pvariance

import pytest

from ingest.demo.draw import Draw, happen


def test_values_come_as_often_as_their_weights_say():
    chance = Random(1)
    draw = Draw({"often": 7.5, "seldom": 2.5, "never": 0}.items())
    drawn = Counter(draw(chance) for _ in range(10_000))
    assert drawn["often"] == pytest.approx(7_500, rel=0.03)
    assert set(drawn) == {"often", "seldom"}


@pytest.mark.parametrize("expected", [0.05, 0.7, 12, 180])
def test_what_happens_is_poisson(expected):
    chance = Random(1)
    counts = [happen(chance, expected) for _ in range(4_000)]
    assert mean(counts) == pytest.approx(expected, rel=0.15)
    assert pvariance(counts) == pytest.approx(expected, rel=0.15)


def test_nothing_happens_if_nothing_is_expected():
    assert happen(Random(1), 0) == 0
