"""Rows of arrays: which are free, and more room for others."""

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def doubled(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the rows in an array of twice their number; the new ones take memory once they are used."""
    more = np.zeros((2 * len(rows), *rows.shape[1:]), rows.dtype)
    more[: len(rows)] = rows
    return more


class FreeRows:
    """Hands out the numbers of rows, the ones given back first."""

    def __init__(self) -> None:
        self.used = 0
        """Rows that were ever handed out: the first so many."""
        self._back = array("i")

    def take(self) -> int:
        """Return a free row."""
        if self._back:
            return self._back.pop()
        self.used += 1
        return self.used - 1

    def take_many(self, count: int) -> NDArray[np.int32]:
        """Return so many free rows."""
        back = self._back[max(len(self._back) - count, 0) :]
        del self._back[len(self._back) - len(back) :]
        new = np.arange(self.used, self.used + count - len(back), dtype=np.int32)
        self.used += len(new)
        return np.concatenate((np.array(back, np.int32), new))

    def give_back(self, rows: Iterable[int]) -> None:
        """Take rows that are free again."""
        self._back.extend(rows)
