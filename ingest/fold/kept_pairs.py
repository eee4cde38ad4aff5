"""For a profile that keeps fewer pairs of dimensions: the others go no further."""

from collections.abc import Collection

import numpy as np

from ingest.fold.symbols import Symbols
from ingest.store.records import Sums, split


def only_with_first(sums: Sums, firsts: Collection[str], symbols: Symbols) -> Sums:
    """Return the sums of pairs whose first value is of one of the dimensions `firsts`."""
    numbers, places = np.unique(split(sums.cells)[0], return_inverse=True)
    kept = [symbols.name(number).dimension in firsts for number in numbers.tolist()]
    rows = np.flatnonzero(np.array(kept, bool)[places])
    return Sums(sums.cells.take(rows), sums.gains.take(rows, axis=1))
