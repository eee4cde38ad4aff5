"""Traffic records on their way to ClickHouse: columns by table, in the tables' order."""

from typing import Any

import orjson

from ingest.store.tables import TABLES, Table

Columns = list[list[Any]]


class Records:
    """Columns for each table. Hours are seconds and days are days, both since 1970."""

    def __init__(self, columns: dict[str, Columns]) -> None:
        self.columns = columns

    def encode(self) -> bytes:
        """Return the records as bytes for the spool."""
        return orjson.dumps(self.columns)

    @classmethod
    def decode(cls, parts: list[bytes]) -> "Records":
        """Return the records of several encoded parts, each cell once."""
        decoded = [orjson.loads(part) for part in parts]
        return cls(
            {table.name: _sum(table, [part[table.name] for part in decoded]) for table in TABLES}
        )


def _sum(table: Table, parts: list[Columns]) -> Columns:
    """Return the columns of all parts, in which each key is there once, with its sums."""
    width = len(table.key)
    cells: dict[tuple[Any, ...], list[int]] = {}
    for columns in parts:
        if len(columns) != len(table.columns):
            raise ValueError(f"not the columns of {table.name}")
        for row in zip(*columns, strict=True):
            sums = cells.setdefault(row[:width], [0] * len(table.counters))
            for place, amount in enumerate(row[width:]):
                sums[place] += amount
    rows = [(*key, *sums) for key, sums in sorted(cells.items())]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in table.columns]
