"""The last step before the disk: a group's sums, with the names of what they speak of."""

import numpy as np

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.store.records import Drops, Names, Records, Sums, first_of_each, split


def fold(ledger: Ledger, symbols: Symbols, crowd: Crowd) -> Records:
    """Return the records of a group of hits; crosstab cells only as far as the crowd rule allows."""
    traffic = ledger.traffic.sum()
    crosstabs = crowd.pass_on(ledger.crosstabs.sum())
    return Records(_names(traffic, symbols), traffic, crosstabs, _drops(ledger))


def _names(traffic: Sums, symbols: Symbols) -> Names:
    """Return the names of the symbols; what is added to a pair is added to each of its two too."""
    numbers = np.sort(split(traffic.cells)[1])
    numbers = numbers[first_of_each(numbers)]
    return Names(symbols.session, numbers, [symbols.names[n] for n in numbers.tolist()])


def _drops(ledger: Ledger) -> Drops:
    return {
        (site.domain if site else "", hour, reason.value): hits
        for (site, hour, reason), hits in ledger.drops.items()
    }
