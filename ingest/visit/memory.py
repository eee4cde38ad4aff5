"""All that lives in memory only, and how it is carried over a restart."""

import io
import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import Settings, Site
from ingest.visit.hit import Hit, How, Kind, Where, Who
from ingest.visit.keys import Keyring
from ingest.visit.visits import Visits

Note = tuple[
    str, int, Kind, bool, int | None, int | None, Where, How, Who, str, tuple[str, ...],
    tuple[tuple[str, str], ...], int, int,
]  # fmt: skip
"""A hit as it is noted: its site's domain, and its other fields in their order."""


class Memory:
    """Visits, what their visitors were counted for, and the cells that wait for a crowd."""

    def __init__(self, settings: Settings, keys: Keyring) -> None:
        self.symbols = Symbols(settings.caps)
        self.crowd = Crowd(self.symbols, settings.waiting_cells)
        self.visits = Visits(self.symbols, self.crowd, keys)

    def replay(self, hits: Iterable[Hit]) -> None:
        """Remember hits that were counted before, without counting them again."""
        ledger = Ledger()
        for hit in hits:
            self.visits.count(hit, ledger)
        self.crowd.pass_on(ledger.crosstabs.sum())


def note(hits: Iterable[Hit]) -> list[tuple[Any, ...]]:
    """Return hits as plain values."""
    return [(hit.site.domain, *msgspec.structs.astuple(hit)[1:]) for hit in hits]


def recall(notes: Iterable[Note], sites: Mapping[str, Site]) -> list[Hit]:
    """Return the hits of notes; those of a site that is no longer configured are left out."""
    return [Hit(sites[domain], *rest) for domain, *rest in _untyped(notes) if domain in sites]


def _untyped(notes: Iterable[Note]) -> Iterable[Any]:
    """Return notes as they are; a checker cannot follow their fields into a class."""
    return notes


def freeze(memory: Memory, keys: Keyring) -> memoryview:
    """Return the memory as bytes. Sites are named, and the keys' own state is not in them."""
    buffer = io.BytesIO()
    _Pickler(buffer, keys).dump(memory)
    return buffer.getbuffer()


def thaw(frozen: bytes, sites: Mapping[str, Site], keys: Keyring) -> Memory:
    """Return the memory that `freeze` made bytes of; raises an error for any other bytes.

    Never for bytes from elsewhere: they could run code.
    """
    memory = _Unpickler(io.BytesIO(frozen), sites, keys).load()
    if not isinstance(memory, Memory):
        raise TypeError("not a frozen memory")
    return memory


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, keys: Keyring) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._keys = keys

    def persistent_id(self, part: object) -> str | None:
        """Name what is not copied."""
        if part is self._keys:
            return ""
        return part.domain if isinstance(part, Site) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, sites: Mapping[str, Site], keys: Keyring) -> None:
        super().__init__(file)
        self._sites = sites
        self._keys = keys

    def persistent_load(self, name: str) -> object:
        """Return what a name stands for; a site that is gone lives on until its visits are over."""
        if not name:
            return self._keys
        return self._sites.get(name) or Site(name)
