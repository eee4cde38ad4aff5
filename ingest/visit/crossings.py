"""What hits add to pairs of values, gathered over groups: to expand and add up many costs each less."""

import numpy as np

from ingest.fold.ledger import Additions, Amounts
from ingest.store.records import Integers, Sums
from ingest.store.tables import COUNTERS
from ingest.visit.wide import crossed_cells, pair_cells

_VISITORS, _HOUR_VISITORS = COUNTERS.index("visitors"), COUNTERS.index("hour_visitors")


class Crossings:
    """Additions to `crosstabs`; a column of amounts belongs to all pairs of its hit."""

    def __init__(self) -> None:
        self._wide: list[tuple[Integers, Amounts]] = []
        self._crossed: list[tuple[Integers, Integers, Amounts]] = []
        self._visitors: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        """Return how many hits have been added, roughly: some are added twice."""
        return self._count

    def add_wide(self, wide: Integers, amounts: Amounts) -> None:
        """Add to the pairs of visit-wide symbols (n by WIDTH)."""
        self._wide.append((wide, amounts))
        self._count += len(wide)

    def add_crossed(self, symbols: Integers, wide: Integers, amounts: Amounts) -> None:
        """Add to the pairs that n symbols of hits make with visit-wide ones of the same row."""
        if len(symbols):
            self._crossed.append((symbols, wide, amounts))

    def add_visitors(self, cells: list[int]) -> None:
        """Add a visitor to each of the cells."""
        self._visitors += cells

    def take(self) -> Sums:
        """Return every cell once, in rising order, with all that was added; then begin anew."""
        additions = Additions()
        if self._wide:
            wides, amounts = zip(*self._wide, strict=True)
            of_all = np.concatenate(amounts, axis=1)
            of_all[_HOUR_VISITORS] = 0
            additions.add(pair_cells(np.concatenate(wides)), of_all)
        if self._crossed:
            symbols, wides, amounts = zip(*self._crossed, strict=True)
            cells = crossed_cells(np.concatenate(symbols), np.concatenate(wides))
            additions.add(cells, np.concatenate(amounts, axis=1))
        if self._visitors:
            one_each = np.zeros((len(COUNTERS), len(self._visitors)))
            one_each[_VISITORS] = 1
            additions.add(np.array(self._visitors, np.int64), one_each)
        self.__init__()  # type: ignore[misc]
        return additions.sum()
