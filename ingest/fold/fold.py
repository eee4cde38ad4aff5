"""The last step before the disk: a group's sums, with the names of what they speak of."""

import numpy as np

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.store.records import Drops, Names, Records, Sums, split


def fold(ledger: Ledger, symbols: Symbols, crowd: Crowd) -> Records:
    """Return the records of a group of hits; crosstab cells only as far as the crowd rule allows."""
    traffic = ledger.traffic.sum()
    crosstabs = crowd.pass_on(ledger.crosstabs.sum())
    return Records(_names(traffic, crosstabs, symbols), traffic, crosstabs, _drops(ledger))


def _names(traffic: Sums, crosstabs: Sums, symbols: Symbols) -> Names:
    """Return the names of all symbols that the cells are made of."""
    pairs = split(crosstabs.cells)
    numbers = np.unique(np.concatenate((split(traffic.cells)[1], *pairs)))
    return Names(symbols.session, numbers, [symbols.names[n] for n in numbers.tolist()])


def _drops(ledger: Ledger) -> Drops:
    return {
        (site.domain if site else "", hour, reason.value): hits
        for (site, hour, reason), hits in ledger.drops.items()
    }
