"""Opens the spool of a data folder: one process at a time, and around a damaged file."""

import fcntl
import logging
import os
from pathlib import Path

from ingest.spool.spool import Spool
from ingest.spool.transaction import DamagedSpoolError, SpoolError

_log = logging.getLogger("footfall")
_FILES = ("", "-wal", "-shm")


class Claim:
    """A data folder claimed for this process, until it is closed or the process ends."""

    def __init__(self, data: Path) -> None:
        """Claim a folder, or raise SpoolError if another process has."""
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise SpoolError(
                f"{data}: another footfall uses this folder; stop it or give another with --data"
            ) from None
        except OSError as error:
            raise SpoolError(f"{data}: {error.strerror}; give another folder with --data") from None

    def close(self) -> None:
        """Leave the folder to others."""
        os.close(self._file)


def open_spool(data: Path, limit: int, disk_floor: int, now: float) -> tuple[Spool, bool]:
    """Open the spool of a data folder; return it, and whether a damaged one was set aside."""
    path = data / "spool.sqlite3"
    try:
        return Spool(path, limit, disk_floor), False
    except DamagedSpoolError as error:
        aside = path.with_name(f"{path.name}.damaged-{int(now)}")
        _log.error("%s; set aside as %s, going on with an empty one", error, aside.name)
    for ending in _FILES:
        file = Path(f"{path}{ending}")
        if file.exists():
            file.replace(f"{aside}{ending}")
    return Spool(path, limit, disk_floor), True
