"""The last step before the disk: a group's sums, with the names of what they speak of."""

from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.store.names import names_by
from ingest.store.records import Drops, Records, Sums


def fold(ledger: Ledger, crosstabs: Sums, symbols: Symbols) -> Records:
    """Return the records of a group of hits, and of the pairs that the crowd rule lets out with it."""
    traffic = ledger.traffic.sum()
    return Records(symbols.session, names_by(symbols.name), traffic, crosstabs, _drops(ledger))


def _drops(ledger: Ledger) -> Drops:
    return {
        (site.domain if site else "", hour, reason.value): hits
        for (site, hour, reason), hits in ledger.drops.items()
    }
