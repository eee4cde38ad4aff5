"""Deletion of a site: all its records, on every server."""

from ingest.store.client import Store
from ingest.store.tables import TABLES


def count_records(store: Store, site: str) -> int:
    """Return how many rows a site has. Raises StoreError."""
    counts = (
        store.query(
            f"SELECT count() FROM {table.name} WHERE site = {{site:String}}", {"site": site}
        )
        for table in TABLES
    )
    return sum(count for ((count,),) in counts)


def delete_records(store: Store, site: str) -> None:
    """Delete a site's rows, whose domain is a valid one; returns when they are gone.

    Raises StoreError.
    """
    cluster = store.cluster
    for table in TABLES:
        store.define(
            f"ALTER TABLE {cluster.local(table.name)}{cluster.on} DELETE WHERE site = '{site}' "
            "SETTINGS mutations_sync = 2"
        )
