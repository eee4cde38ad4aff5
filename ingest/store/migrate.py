"""Bring a database to the schema of this version."""

from collections.abc import Mapping

from ingest.store.client import Store
from ingest.store.tables import SCHEMA_VERSION, TABLES, create, keep

_VERSIONS = (
    "CREATE TABLE IF NOT EXISTS schema_version (version UInt32) "
    "ENGINE = ReplacingMergeTree ORDER BY version"
)


class SchemaError(Exception):
    """The database has a schema that this version cannot use; says what to do."""


def migrate(store: Store, retention: Mapping[str, int]) -> None:
    """Create what is missing, and keep each site's records for so many days.

    Idempotent. Raises SchemaError for a database of a newer version.
    """
    store.command(_VERSIONS)
    version = _version(store)
    if version > SCHEMA_VERSION:
        raise SchemaError(
            f"the database has schema {version}, this version of footfall knows "
            f"{SCHEMA_VERSION}; install a newer footfall"
        )
    for table in TABLES:
        store.command(create(table))
        store.command(keep(table, retention))
    if version < SCHEMA_VERSION:
        store.command(f"INSERT INTO schema_version VALUES ({SCHEMA_VERSION})")


def _version(store: Store) -> int:
    return int(store.query("SELECT max(version) FROM schema_version")[0][0])
