"""The commands that work on what is stored."""

import argparse
import sys

from ingest.database import upkeep_of
from ingest.settings import Settings, SettingsError, Site, site_name
from ingest.store.backup import BackupError, back_up_to, restore_from
from ingest.store.deletion import count_records, delete_records
from ingest.store.listing import list_records
from ingest.store.migrate import migrate


def migrate_schema(settings: Settings, _: argparse.Namespace) -> None:
    """Bring the database to this version's schema, and its retention to the settings'."""
    with upkeep_of(settings) as store:
        migrate(store, settings.retention, settings.zones, settings.hours)
    print("the database has this version's schema")


def print_records(settings: Settings, _: argparse.Namespace) -> None:
    """Print every record."""
    with upkeep_of(settings) as store:
        for line in list_records(store):
            print(line)


def delete_site(settings: Settings, options: argparse.Namespace) -> None:
    """Delete all records of a site, once somebody has said so."""
    try:
        site = Site(domain=site_name(options.domain)).domain
    except ValueError as error:
        raise SettingsError(f"site delete: {error}") from None
    with upkeep_of(settings) as store:
        records = count_records(store, site)
        if not options.yes and not _is_sure(site, records):
            print("nothing is deleted")
            return
        delete_records(store, site)
    print(f"{records:,} records of {site} are deleted")
    if any(site == each.domain for each in settings.sites):
        print("the site is still configured, so what comes is counted")


def back_up(settings: Settings, options: argparse.Namespace) -> None:
    """Back the embedded database up."""
    _need_embedded(settings)
    with upkeep_of(settings, backups=options.file.resolve().parent) as store:
        back_up_to(store, options.file.resolve())
    print(f"the records are in {options.file}")


def restore(settings: Settings, options: argparse.Namespace) -> None:
    """Fill an empty embedded database from a backup, of an older version too."""
    _need_embedded(settings)
    with upkeep_of(settings, backups=options.file.resolve().parent) as store:
        restore_from(store, options.file.resolve())
        migrate(store, settings.retention, settings.zones, settings.hours)
    print(f"the records of {options.file} are restored")


def _is_sure(site: str, records: int) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("site delete: nobody is there to be asked; add --yes")
    asked = f"Delete all {records:,} records of {site} for good? Write its domain to go on: "
    return input(asked).strip() == site


def _need_embedded(settings: Settings) -> None:
    if settings.store.startswith("http"):
        raise BackupError(
            "a ClickHouse server has its own BACKUP; this is for the embedded database"
        )
