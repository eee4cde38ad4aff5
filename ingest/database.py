"""The store that settings name."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from ingest.beside import StoreBeside
from ingest.settings import Settings
from ingest.spool.opening import Claim
from ingest.store.client import Store
from ingest.store.cluster import Cluster

_HOURS = 6 * 3600
"""Seconds that a statement may take which rewrites what is stored."""


def open_store(settings: Settings) -> Store:
    """Return the store, which connects at first use. Raises StoreError for a folder that cannot be."""
    return Store(settings.store, settings.data, **_access(settings))


def open_store_beside(settings: Settings) -> Store:
    """Return the store for a process that takes hits. Raises StoreError as `open_store` does."""
    return StoreBeside(settings.store, settings.data, **_access(settings))


@contextmanager
def upkeep_of(settings: Settings, backups: Path | None = None) -> Iterator[Store]:
    """Yield the store to a command that works on it, and takes its time.

    Raises SpoolError while another process has the embedded database, which may read and write
    files in the folder `backups`.
    """
    with closing(open_store(settings).patient(_HOURS, backups)) as store:
        claim = closing(Claim(settings.data)) if store.is_embedded else nullcontext()
        with claim:
            yield store


def _access(settings: Settings) -> dict[str, Any]:
    return {
        "password": settings.store_password,
        "authority": settings.store_ca,
        "cluster": Cluster(settings.cluster, settings.replicated, settings.servers),
    }
