"""The last step before the disk: cells as the tables hold them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger, Sums, hours, split
from ingest.fold.symbols import Symbols
from ingest.store.records import Records
from ingest.store.tables import CROSSTABS, DROPS, TRAFFIC


def fold(ledger: Ledger, symbols: Symbols, crowd: Crowd) -> Records:
    """Return the records of a group of hits; crosstab cells only as far as the crowd rule allows."""
    return Records(
        {
            TRAFFIC.name: _traffic(ledger.traffic.sum(), symbols),
            CROSSTABS.name: _crosstabs(crowd.pass_on(ledger.crosstabs.sum()), symbols),
            DROPS.name: _drops(ledger),
        }
    )


def _traffic(sums: Sums, symbols: Symbols) -> list[list[Any]]:
    quarters, numbers = split(sums.cells)
    named = [symbols.names[number] for number in numbers.tolist()]
    return [
        [symbol.site.domain for symbol in named],
        [symbol.dimension for symbol in named],
        hours(quarters).tolist(),
        [symbol.value for symbol in named],
        *sums.gains.T.tolist(),
    ]


def _crosstabs(sums: Sums, symbols: Symbols) -> list[list[Any]]:
    first, second = split(sums.cells)
    named_a = [symbols.names[number] for number in first.tolist()]
    named_b = [symbols.names[number] for number in second.tolist()]
    return [
        [symbol.site.domain for symbol in named_a],
        [symbol.dimension for symbol in named_a],
        [symbol.dimension for symbol in named_b],
        _days(symbol.day for symbol in named_a),
        [symbol.value for symbol in named_a],
        [symbol.value for symbol in named_b],
        *sums.gains.T.tolist(),
    ]


def _days(days: Iterable[date]) -> list[int]:
    """Return dates as ClickHouse counts them: days since 1970."""
    epoch = date(1970, 1, 1).toordinal()
    return [day.toordinal() - epoch for day in days]


def _drops(ledger: Ledger) -> list[list[Any]]:
    rows = [
        (site.domain if site else "", hour, reason.value, hits)
        for (site, hour, reason), hits in ledger.drops.items()
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in DROPS.columns]
