"""The durable queue of folded counters between the collector and ClickHouse."""

import secrets
import sqlite3
import threading
from pathlib import Path
from typing import NamedTuple

from ingest.store.records import Records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY AUTOINCREMENT, records BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS batch (id INTEGER PRIMARY KEY AUTOINCREMENT, last_part INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS name (name TEXT NOT NULL);
"""


class SpoolError(Exception):
    """The spool could not take or give records; says what to do."""


class Batch(NamedTuple):
    """Parts that are shipped together, under one token for good."""

    token: str
    last_part: int
    records: Records


class Spool:
    """A SQLite file of parts, each the folded counters of hits acknowledged together.

    `append` and the two calls of the writer may run in different threads.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the spool, or raise SpoolError."""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)
            self._name = self._own_name()
        except (sqlite3.Error, OSError) as error:
            raise SpoolError(
                f"{path}: {error}; mend its folder or give another with --data"
            ) from None

    def append(self, records: Records) -> None:
        """Keep the records; when this returns they are synced to disk."""
        encoded = records.encode()
        with self._transaction() as database:
            database.execute("INSERT INTO part (records) VALUES (?)", (encoded,))

    def next_batch(self, most: int) -> Batch | None:
        """Return the oldest parts, at most so many, or None if there are none.

        A batch begun stays the same, token and parts, until it is removed: also after a crash.
        """
        with self._transaction() as database:
            begun = database.execute("SELECT id, last_part FROM batch").fetchone()
            number, last = begun or _begin(database, most)
            if not number:
                return None
            parts = database.execute(
                "SELECT records FROM part WHERE id <= ? ORDER BY id", (last,)
            ).fetchall()
        records = Records.decode([part for (part,) in parts])
        return Batch(f"{self._name}-{number}", last, records)

    def remove(self, batch: Batch) -> None:
        """Wipe a batch that ClickHouse has."""
        with self._transaction() as database:
            database.execute("DELETE FROM part WHERE id <= ?", (batch.last_part,))
            database.execute("DELETE FROM batch")
        with self._lock:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def __len__(self) -> int:
        """Return how many parts wait."""
        with self._lock:
            (waiting,) = self._database.execute("SELECT count(*) FROM part").fetchone()
        return int(waiting)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._database, self._lock)

    def _own_name(self) -> str:
        """Return the name that sets this spool's tokens apart from those of any other."""
        with self._transaction() as database:
            found = database.execute("SELECT name FROM name").fetchone()
            if found is None:
                found = (secrets.token_hex(8),)
                database.execute("INSERT INTO name VALUES (?)", found)
        return str(found[0])


class _Transaction:
    """All or nothing, one at a time; a failure is a SpoolError."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        self._database = database
        self._lock = lock

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._lock.release()
            raise SpoolError(f"the spool cannot be written: {error}") from None
        return self._database

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._database.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failure:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise SpoolError(f"the spool cannot be written: {failure}") from None
        finally:
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise SpoolError(f"the spool cannot be written: {error}") from None


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        database.execute(f"PRAGMA {pragma}")
    path.chmod(0o600)
    database.executescript(_SCHEMA)
    return database


def _begin(database: sqlite3.Connection, most: int) -> tuple[int, int]:
    """Begin a batch of the oldest parts; (0, 0) if there are none."""
    (last,) = database.execute(
        "SELECT max(id) FROM (SELECT id FROM part ORDER BY id LIMIT ?)", (most,)
    ).fetchone()
    if last is None:
        return 0, 0
    begun = database.execute("INSERT INTO batch (last_part) VALUES (?)", (last,))
    return int(begun.lastrowid or 0), int(last)
