"""The durable queue of folded counters between the collector and ClickHouse."""

import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from ingest.spool.open_batch import OpenBatch
from ingest.spool.transaction import DamagedSpoolError, SpoolError, Transaction
from ingest.store.records import FORM, Records, fold_parts

_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (
  id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, records BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS batch (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS name (name TEXT NOT NULL);
"""
EVERY_PART = 2**63 - 1
"""No part has a greater number."""
_AT_ONCE = 16
"""Parts that are removed while hits wait."""
_SMALL_PART = 64 * 1024
"""Bytes; smaller parts are folded into one while they wait."""
_FEWEST_SMALL_PARTS = 200
_MOST_SMALL_PARTS = 1_000


class Batch(NamedTuple):
    """Parts that are shipped together, under one token for good. A name is told once in them."""

    number: int
    token: str


class Spool:
    """A SQLite file of parts, each the folded counters of hits acknowledged together.

    `append` may run beside the writer's calls, in another thread.
    """

    def __init__(self, path: Path, limit: int, disk_floor: int) -> None:
        """Open or create the spool, or raise SpoolError.

        It takes parts while its own are under `limit` bytes and its file system has over
        `disk_floor` bytes free.
        """
        self.path = path
        self._limit = limit
        self._disk_floor = disk_floor
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)
            with self._transaction() as database:
                self.name = _own_name(database)
                self.waiting = _count(database, "SELECT sum(length(records)) FROM part")
                self.last_part = _count(
                    database, "SELECT seq FROM sqlite_sequence WHERE name = 'part'"
                )
        except (sqlite3.Error, OSError) as error:
            is_damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
                error, sqlite3.OperationalError
            )
            refusal = DamagedSpoolError if is_damaged else SpoolError
            raise refusal(f"{path}: {error}; mend its folder or give another with --data") from None
        self._open: OpenBatch | None = None
        """Takes the next part, unless it is closed by now; an earlier process' are closed."""
        self._last_closed = 0
        """The number of the last batch that was given out."""
        self.on_synced: Callable[[], None] | None = None
        """Called when a part is synced to disk, before its hits are acknowledged; for tests."""

    def filled(self) -> float:
        """Return what part of its limit is taken."""
        return self.waiting / self._limit

    def has_room(self) -> bool:
        """Whether another part may be taken."""
        free = shutil.disk_usage(self.path.parent).free
        return self.waiting < self._limit and free > self._disk_floor

    def append(self, records: Records) -> None:
        """Keep the records as the part after `last_part`; when this returns they are synced."""
        part = self.last_part + 1
        with self._transaction() as database:
            batch = self._open
            if batch is None or batch.number <= self._last_closed or not batch.takes(records):
                batch = OpenBatch(_new_batch(database), records.session)
            named = batch.untold(records.symbols().tolist())
            encoded = records.encode(named)
            database.execute("INSERT INTO part VALUES (?, ?, ?)", (part, batch.number, encoded))
        batch.add(named, len(encoded))
        self._open = batch
        self.last_part = part
        self.waiting += len(encoded)
        if self.on_synced:
            self.on_synced()

    def next_batch(self, last_part: int = EVERY_PART) -> Batch | None:
        """Return the oldest parts, some megabytes at most; None if none are up to `last_part`.

        A batch stays the same, token and parts, until it is removed: also after a crash.
        """
        number = self._oldest(last_part)
        return Batch(number, f"{self.name}-{number}") if number else None

    def remove(self, batch: Batch) -> None:
        """Wipe a batch that ClickHouse has."""
        with self._transaction() as database:
            database.execute("DELETE FROM batch WHERE id = ?", (batch.number,))
        self._wipe(batch.number)
        self._after_removal()

    def fold(self) -> bool:
        """Fold small parts that wait into one, so that a long wait takes little disk.

        Returns whether there were enough of them.
        """
        with self._transaction() as database:
            batch = _count(
                database,
                "SELECT batch FROM part WHERE length(records) < ? GROUP BY batch "
                "HAVING count(*) >= ? ORDER BY batch LIMIT 1",
                (_SMALL_PART, _FEWEST_SMALL_PARTS),
            )
            parts = database.execute(
                "SELECT id, records FROM part WHERE batch = ? AND length(records) < ? LIMIT ?",
                (batch, _SMALL_PART, _MOST_SMALL_PARTS),
            ).fetchall()
        if not parts:
            return False
        ids, encoded = zip(*parts, strict=True)
        folded = fold_parts(encoded)
        with self._transaction() as database:
            database.executemany("DELETE FROM part WHERE id = ?", [(part,) for part in ids])
            database.execute("INSERT INTO part VALUES (?, ?, ?)", (ids[-1], batch, folded))
        self._after_removal()
        return True

    def __len__(self) -> int:
        """Return how many parts wait."""
        with self._lock:
            return _count(self._database, "SELECT count(*) FROM part")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _oldest(self, last_part: int) -> int:
        """Return the number of the oldest batch, and close it; 0 if none begins by a part."""
        oldest = (
            "SELECT part.batch, batch.id FROM part LEFT JOIN batch ON batch.id = batch "
            "WHERE part.id <= ? ORDER BY part.id LIMIT 1"
        )
        while True:
            with self._transaction() as database:
                found = database.execute(oldest, (last_part,)).fetchone()
                number, is_there = found or (0, True)
                self._last_closed = max(self._last_closed, number)
            if is_there:
                return int(number)
            self._wipe(number)  # a crash has left some of its parts

    def _wipe(self, batch: int) -> None:
        """Remove the parts of the oldest batch, some at a time: hits wait for each change."""
        some = "SELECT id FROM part WHERE batch = ? ORDER BY id LIMIT ?"
        count = _AT_ONCE
        while count == _AT_ONCE:
            with self._transaction() as database:
                delete = f"DELETE FROM part WHERE id IN ({some})"
                count = database.execute(delete, (batch, _AT_ONCE)).rowcount

    def _after_removal(self) -> None:
        """Wipe what was removed from the write-ahead log too, and measure what is left.

        Most of the log is worked off beside the hits, which need not wait for that.
        """
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.path)) as beside:
            beside.execute("PRAGMA wal_checkpoint(PASSIVE)")
        with self._lock:
            try:
                self.waiting = _count(self._database, "SELECT sum(length(records)) FROM part")
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise SpoolError(f"the spool cannot be written: {error}") from None

    def _transaction(self) -> Transaction:
        return Transaction(self._database, self._lock)


def _open(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)  # before SQLite does, whose other files take over the mode
    path.chmod(0o600)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        database.execute(f"PRAGMA {pragma}")
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("the file is damaged")
    (form,) = database.execute("PRAGMA user_version").fetchone()
    if form == FORM:
        return database  # nothing is written, so that a start on a full disk works
    if database.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise sqlite3.DatabaseError("the file is another version's")
    database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORM}; COMMIT;")
    return database


def _own_name(database: sqlite3.Connection) -> str:
    """Return the name that sets this spool's tokens apart from those of any other."""
    found = database.execute("SELECT name FROM name").fetchone()
    if found is None:
        found = (secrets.token_hex(8),)
        database.execute("INSERT INTO name VALUES (?)", found)
    return str(found[0])


def _count(database: sqlite3.Connection, sql: str, values: tuple[int, ...] = ()) -> int:
    """Return the one number that a statement asks for, 0 if there is none."""
    row = database.execute(sql, values).fetchone()
    return int(row[0] or 0) if row else 0


def _new_batch(database: sqlite3.Connection) -> int:
    return int(database.execute("INSERT INTO batch DEFAULT VALUES").lastrowid or 0)
