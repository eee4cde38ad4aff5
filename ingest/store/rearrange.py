"""From schema 1 to 2: rows of a value lie together, and days have records of their own.

A new table is filled beside the old one and put in its place at once. So a migration that is cut
off leaves the old table as it was, and of two at once the later one finds its work done. What runs
an older version is to be stopped before; what it would count meanwhile is not copied.
"""

import secrets
from collections import defaultdict
from collections.abc import Mapping

from ingest.store.client import Store, StoreError
from ingest.store.tables import CROSSTABS, DAYS, TRAFFIC, Table, create

_BESIDE = "_of_migration_"
_REST = "UTC"
"""The time zone of sites that are no longer configured."""


def rearrange(store: Store, zones: Mapping[str, str]) -> None:
    """Do what is still to do; `zones` has the sites' time zones. Raises StoreError."""
    for table in (TRAFFIC, CROSSTABS):
        if not _is_arranged(store, table):
            _copy(store, table)
    if not _exists(store, DAYS):
        _fill_days(store, zones)


def clear(store: Store) -> None:
    """Drop what migrations have left behind. Raises StoreError."""
    sql = "SELECT name FROM system.tables WHERE database = currentDatabase() AND position(name, {x:String})"
    for (name,) in store.query(sql, {"x": _BESIDE}):
        store.command(f"DROP TABLE IF EXISTS {name}")


def _copy(store: Store, table: Table) -> None:
    beside, columns = _make_beside(store, table), ", ".join(table.columns)
    store.command(f"INSERT INTO {beside} ({columns}) SELECT {columns} FROM {table.name}")
    if not _is_arranged(store, table):
        store.command(f"EXCHANGE TABLES {beside} AND {table.name}")


def _fill_days(store: Store, zones: Mapping[str, str]) -> None:
    beside, columns = _make_beside(store, DAYS), ", ".join(DAYS.columns)
    for sites, zone in _by_zone(zones):
        days = columns.replace("day,", f"toDate(hour, '{zone}') AS day,", 1)
        where = f"WHERE site {sites}"
        store.command(f"INSERT INTO {beside} ({columns}) SELECT {days} FROM {TRAFFIC.name} {where}")
    try:
        store.command(f"RENAME TABLE {beside} TO {DAYS.name}")
    except StoreError as error:
        if error.name != "TABLE_ALREADY_EXISTS":
            raise


def _by_zone(zones: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return conditions on sites and the time zone of each; every site is in one."""
    named = defaultdict(list)
    for site, zone in zones.items():
        named[zone].append(f"'{site}'")
    known = ", ".join(f"'{site}'" for site in zones) or "''"
    chosen = [(f"IN ({', '.join(sites)})", zone) for zone, sites in named.items()]
    return [*chosen, (f"NOT IN ({known})", _REST)]


def _make_beside(store: Store, table: Table) -> str:
    name = f"{table.name}{_BESIDE}{secrets.token_hex(4)}"
    for statement in create(table._replace(name=name)):
        store.command(statement)
    return name


def _is_arranged(store: Store, table: Table) -> bool:
    sql = (
        "SELECT sorting_key FROM system.tables "
        "WHERE database = currentDatabase() AND name = {name:String}"
    )
    return store.query(sql, {"name": table.name}) == [(", ".join(table.order),)]


def _exists(store: Store, table: Table) -> bool:
    return store.query(f"EXISTS TABLE {table.name}") == [(1,)]
