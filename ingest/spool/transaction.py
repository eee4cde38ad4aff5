"""One change of the spool: all or nothing."""

import sqlite3
import threading
from contextlib import suppress


class SpoolError(Exception):
    """The spool could not take or give records; says what to do."""


class DamagedSpoolError(SpoolError):
    """The spool's file is no database, or a damaged one."""


class Transaction:
    """All or nothing, one at a time; a failure is a SpoolError."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        self._database = database
        self._lock = lock

    def __enter__(self) -> sqlite3.Connection:
        """Begin."""
        self._lock.acquire()
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._lock.release()
            raise SpoolError(f"the spool cannot be written: {error}") from None
        return self._database

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Commit, or roll back what failed."""
        try:
            self._database.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failure:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            self._bury()
            raise SpoolError(f"the spool cannot be written: {failure}") from None
        finally:
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise SpoolError(f"the spool cannot be written: {error}") from None

    def _bury(self) -> None:
        """Overwrite what a failed commit left at the end of the write-ahead log.

        It may be whole there, and only its sync have failed; a process that is killed now would
        leave it to the next one, whose recovery would take it for committed. Another change in its
        place, not synced, prevents that. If even that fails, there was no room for a whole one.
        The change is to a number in the file's head that SQLite gives to applications.
        """
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA synchronous=OFF")
            (number,) = self._database.execute("PRAGMA application_id").fetchone()
            self._database.execute(f"PRAGMA application_id={(number + 1) % 2**31}")
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA synchronous=FULL")
