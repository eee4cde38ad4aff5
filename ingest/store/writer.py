"""Ships batches of records to ClickHouse, each exactly once."""

from collections.abc import Iterator

from ingest.store.client import Store
from ingest.store.records import Records, Sums
from ingest.store.tables import TABLES

_AT_ONCE = 100_000
"""Cells of each table: as columns they take many times the memory of sums."""


def write(store: Store, records: Records, token: str, at_once: int = _AT_ONCE) -> None:
    """Insert records. Doing it again with the same records and token inserts nothing.

    Raises StoreError; then some tables may have the records and others not, and only another call
    with the same token sets that right.
    """
    for number, piece in enumerate(_pieces(records, at_once)):
        by_table = piece.columns
        for table in TABLES:
            columns = by_table[table.name]
            if columns[0]:
                store.insert(table, columns, f"{token}-{table.name}-{number}")


def _pieces(records: Records, at_once: int) -> Iterator[Records]:
    """Yield records of so many cells of each table at most; the first has the drops."""
    count = max(len(records.traffic.cells), len(records.crosstabs.cells), 1)
    for start in range(0, count, at_once):
        part = slice(start, start + at_once)
        yield records._replace(
            traffic=_cut(records.traffic, part),
            crosstabs=_cut(records.crosstabs, part),
            drops={} if start else records.drops,
        )


def _cut(sums: Sums, part: slice) -> Sums:
    return Sums(sums.cells[part], sums.gains[:, part])
