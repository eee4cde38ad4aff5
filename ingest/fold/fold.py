"""The last step before the disk: a group's sums, with the names of what they speak of."""

import numpy as np

from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.store.records import Drops, Names, Records, Sums, first_of_each, split


def fold(ledger: Ledger, crosstabs: Sums, symbols: Symbols) -> Records:
    """Return the records of a group of hits, and of the pairs that the crowd rule lets out with it."""
    traffic = ledger.traffic.sum()
    return Records(_names(traffic, crosstabs, symbols), traffic, crosstabs, _drops(ledger))


def _names(traffic: Sums, crosstabs: Sums, symbols: Symbols) -> Names:
    """Return the names of the symbols."""
    numbers = np.sort(np.concatenate((split(traffic.cells)[1], *split(crosstabs.cells))))
    numbers = numbers[first_of_each(numbers)]
    return Names(symbols.session, numbers, [symbols.names[n] for n in numbers.tolist()])


def _drops(ledger: Ledger) -> Drops:
    return {
        (site.domain if site else "", hour, reason.value): hits
        for (site, hour, reason), hits in ledger.drops.items()
    }
