"""Bring a database to the schema of this version.

Every step may be run again, after itself and beside itself, so a migration that was cut off is
completed by the next, and two at once do no harm. A server that is new in a cluster gets all.
"""

from collections.abc import Mapping

from ingest.store.client import Store, StoreError
from ingest.store.cluster import Cluster
from ingest.store.live import create_live
from ingest.store.rearrange import clear, rearrange
from ingest.store.tables import SCHEMA_VERSION, TABLES, Table, create, keep

VERSIONS = Table(
    "schema_version",
    key=(("version", "UInt32"),),
    counters=(),
    time="",
    partition="",
    order=("version",),
)
"""A row for each version that the schema has had."""
_UNKNOWN = ("UNKNOWN_TABLE", "UNKNOWN_DATABASE")
_NO_KEEPER = ("QUERY_IS_PROHIBITED", "NO_ELEMENTS_IN_CONFIG")


_OF_ONE_SERVER = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() "
    f"AND name = '{VERSIONS.name}' AND engine != 'Distributed'"
)
_ONE_SORT_ORDER = 1
"""The schema before clusters."""


class SchemaError(Exception):
    """The database has a schema that this version cannot use; says what to do."""


def migrate(
    store: Store,
    retention: Mapping[str, int],
    zones: Mapping[str, str] | None = None,
    hours: Mapping[str, int] | None = None,
) -> None:
    """Create what is missing, and keep each site's records for so many days.

    `zones` are the sites' time zones, which older schemas did not need. `hours` are the days for
    which hours of dimensions are kept, all of them by default. Idempotent. Raises SchemaError for a
    database of a newer version.
    """
    cluster = store.cluster
    if cluster.name and store.query(_OF_ONE_SERVER):
        raise SchemaError("the database has tables of one server; give the cluster another")
    _define(store, *_create_versions(cluster))
    version = _version(store)
    if version > SCHEMA_VERSION:
        raise SchemaError(_newer(version))
    if version == _ONE_SORT_ORDER:
        rearrange(store, zones or {})
    _define(store, *create_live(cluster))
    for table in TABLES:
        kept = keep(table, retention, hours or retention, cluster)
        _define(store, *create(table, cluster), kept)
    if version < SCHEMA_VERSION:
        store.insert(VERSIONS, [[SCHEMA_VERSION]], token="")
    else:
        clear(store)


def check(store: Store) -> None:
    """Raise SchemaError unless the database has this version's schema; changes nothing."""
    try:
        version = _version(store)
    except StoreError as error:
        if error.name not in _UNKNOWN:
            raise
        version = 0
    if version > SCHEMA_VERSION:
        raise SchemaError(_newer(version))
    if version < SCHEMA_VERSION:
        raise SchemaError(
            f"the database has schema {version}, this version of footfall needs {SCHEMA_VERSION}; "
            "run `footfall migrate`"
        )


def _create_versions(cluster: Cluster) -> list[str]:
    engine = cluster.engine("ReplacingMergeTree", VERSIONS.name)
    return cluster.create(
        VERSIONS.name, "  version UInt32", engine, rest=" ORDER BY version", key="1"
    )


def _define(store: Store, *statements: str) -> None:
    try:
        for statement in statements:
            store.define(statement)
    except StoreError as error:
        if error.name in _NO_KEEPER and store.cluster.name:
            raise StoreError(
                f"ClickHouse cannot define tables on its whole cluster ({error.name}); "
                "give it Keeper, or list its servers in `servers`"
            ) from None
        raise


def _version(store: Store) -> int:
    return int(store.query(f"SELECT max(version) FROM {VERSIONS.name}")[0][0])


def _newer(version: int) -> str:
    return (
        f"the database has schema {version}, this version of footfall knows {SCHEMA_VERSION}; "
        "install a newer footfall"
    )
