"""One change of the spool: all or nothing."""

import sqlite3
import threading


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
            raise SpoolError(f"the spool cannot be written: {failure}") from None
        finally:
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise SpoolError(f"the spool cannot be written: {error}") from None
