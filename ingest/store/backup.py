"""Backups of the embedded database, by ClickHouse's own BACKUP."""

from pathlib import Path

from ingest.store.client import Store, StoreError
from ingest.store.live import LIVE
from ingest.store.tables import TRAFFIC

_TOLD = {
    "BACKUP_ALREADY_EXISTS": "is there already; give a new file",
    "BACKUP_NOT_FOUND": "is not there; give a file that `footfall backup` made",
    "CANNOT_RESTORE_TABLE": "needs an empty database; give a new folder with --data",
}


class BackupError(StoreError):
    """A backup that cannot be made or used; says what to do."""


def back_up_to(store: Store, file: Path) -> None:
    """Write all records into a new file, whose name ends in .tar. Raises StoreError."""
    _run(store, f"BACKUP DATABASE default EXCEPT TABLE default.{LIVE.name} TO", file)


def restore_from(store: Store, file: Path) -> None:
    """Fill a database that has no tables from a file. Raises StoreError."""
    if store.query(f"EXISTS TABLE {TRAFFIC.name}") == [(1,)]:
        raise BackupError(f"{file} {_TOLD['CANNOT_RESTORE_TABLE']}")
    _run(store, "RESTORE DATABASE default FROM", file)


def _run(store: Store, statement: str, file: Path) -> None:
    if file.suffix != ".tar" or "'" in str(file) or "\\" in str(file):
        raise BackupError("give a file whose name ends in .tar, without quotes or backslashes")
    try:
        store.query(f"{statement} File('{file}')")
    except StoreError as error:
        if error.name in _TOLD:
            raise BackupError(f"{file} {_TOLD[error.name]}") from None
        raise
