"""Stored records as text, so that anyone can see what is kept about visitors."""

from collections.abc import Iterator
from typing import Any

from ingest.store.client import Store
from ingest.store.tables import TABLES, Table


def list_records(store: Store) -> Iterator[str]:
    """Yield every record of every table as a line: its key, then the counters that are not 0."""
    for table in TABLES:
        for row in store.query(_statement(table)):
            yield f"{table.name:<9}  {_line(table, row)}"


def _statement(table: Table) -> str:
    keys = [name for name, _ in table.key]
    shown = [f"toString({key})" if key == table.time else key for key in keys]
    sums = [f"sum({name})" for name, _ in table.counters]
    # Records that cancel each other out are there until ClickHouse merges them away.
    is_any = " OR ".join(f"{each} != 0" for each in sums)
    return (
        f"SELECT {', '.join(shown + sums)} FROM {table.name} "
        f"GROUP BY {', '.join(keys)} HAVING {is_any} ORDER BY {', '.join(keys)}"
    )


def _line(table: Table, row: tuple[Any, ...]) -> str:
    named = dict(zip(table.columns, row, strict=True))
    counted = " ".join(f"{name}={named[name]}" for name, _ in table.counters if named[name])
    return f"{named['site']}  {named[table.time]}  {_attributes(named)}  {counted}"


def _attributes(named: dict[str, Any]) -> str:
    if "reason" in named:
        return str(named["reason"])
    if "dimension" in named:
        return f"{named['dimension']}={named['value']}" if named["dimension"] else "(totals)"
    return f"{named['dimension_a']}={named['value_a']} {named['dimension_b']}={named['value_b']}"
