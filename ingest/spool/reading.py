"""Reads batches of a spool beside the process that has it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.spool.transaction import SpoolError
from ingest.store.records import Records


def read_batch(spool: Path, number: int) -> Records:
    """Return what the parts of a batch say, which has been closed. Raises SpoolError."""
    select = "SELECT records FROM part WHERE batch = ? ORDER BY id"
    try:
        with closing(sqlite3.connect(f"{spool.absolute().as_uri()}?mode=ro", uri=True)) as database:
            parts = [records for (records,) in database.execute(select, (number,))]
    except sqlite3.Error as error:
        raise SpoolError(f"the spool cannot be read: {error}") from None
    return Records.decode(parts)
