"""Ships batches of records to ClickHouse, each exactly once."""

from ingest.store.client import Store
from ingest.store.records import Records
from ingest.store.tables import TABLES


def write(store: Store, records: Records, token: str) -> None:
    """Insert records. Doing it again with the same records and token inserts nothing.

    Raises StoreError; then some tables may have the records and others not, and only another call
    with the same token sets that right.
    """
    by_table = records.columns
    for table in TABLES:
        columns = by_table[table.name]
        if columns[0]:
            store.insert(table, columns, f"{token}-{table.name}")
