"""What a group of hits adds to cells."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ingest.settings import Site
from ingest.store.drops import DropReason
from ingest.store.records import Integers, Sums, add_up, no_sums

Amounts = NDArray[np.float64]
"""A row for each of `ingest.store.tables.COUNTERS`, a column for each addition."""


class Additions:
    """Additions to one table. An addition gives the same amounts to one cell or to several."""

    def __init__(self) -> None:
        self._cells: list[Integers] = []
        self._owners: list[Integers] = []
        self._amounts: list[Amounts] = []
        self._count = 0

    def add(self, cells: Integers, amounts: Amounts) -> None:
        """Add each column of `amounts` to each cell of the same row of `cells` (n, or n by m)."""
        count = len(cells)
        if not count:
            return
        additions = np.arange(self._count, self._count + count)
        self._owners.append(additions if cells.ndim == 1 else additions.repeat(cells.shape[1]))
        self._cells.append(cells.ravel())
        self._amounts.append(amounts)
        self._count += count

    def sum(self) -> Sums:
        """Return every cell once, in rising order, with all that was added to it."""
        if not self._count:
            return no_sums()
        return add_up(
            np.concatenate(self._cells),
            np.concatenate(self._amounts, axis=1),
            np.concatenate(self._owners),
        )


class Ledger:
    """What a group of hits adds to `traffic` and `drops`."""

    def __init__(self) -> None:
        self.traffic = Additions()
        self.drops: Counter[tuple[Site | None, int, DropReason]] = Counter()
        """Dropped hits by site (None: not configured here), hour and reason."""
