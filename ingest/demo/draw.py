"""Chance: values with weights, and how often something happens."""

from collections.abc import Iterable
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Draw(Generic[T]):
    """Values, each as likely as its weight says."""

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        values, weights = zip(*weighted, strict=True)
        self._values: tuple[T, ...] = values
        self._sums = tuple(accumulate(weights))

    def __call__(self, chance: Random) -> T:
        """Return one of the values."""
        return chance.choices(self._values, cum_weights=self._sums)[0]


def happen(chance: Random, expected: float) -> int:
    """Return how many of independent things happen if so many are expected (Poisson)."""
    happened = -1
    time = 0.0
    while time < expected:
        happened += 1
        time += chance.expovariate(1)
    return max(0, happened)
