"""Traffic records on their way to ClickHouse: columns by table, in the tables' order."""

from typing import Any

import orjson

from ingest.store.tables import TABLES

Columns = list[list[Any]]


class Records:
    """Columns for each table. Hours are seconds and days are days, both since 1970."""

    def __init__(self, columns: dict[str, Columns]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return sum(len(columns[0]) for columns in self.columns.values())

    def encode(self) -> bytes:
        """Return the records as bytes for the spool."""
        return orjson.dumps(self.columns)

    @classmethod
    def decode(cls, parts: list[bytes]) -> "Records":
        """Return the records of several encoded parts, one after the other."""
        joined: dict[str, Columns] = {table.name: [[] for _ in table.columns] for table in TABLES}
        for part in parts:
            for name, columns in orjson.loads(part).items():
                for column, more in zip(joined[name], columns, strict=True):
                    column.extend(more)
        return cls(joined)
