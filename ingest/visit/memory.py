"""All that lives in memory only, and how it is carried over a restart."""

import io
import pickle
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ingest.fold.crowd import Crowd
from ingest.fold.kept_pairs import only_with_first
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import PROFILES, Settings, Site
from ingest.store.dimensions import PAIRS
from ingest.store.records import Sums
from ingest.visit.crossings import Crossings
from ingest.visit.handover import Frame
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
        self.crossings = Crossings()
        """What has been added to pairs since the last release."""
        self.visits = Visits(self.symbols, self.crowd, self.crossings, keys)
        self.pairs = PROFILES[settings.profile].pairs
        """The dimensions that may meet."""

    def release(self) -> Sums:
        """Return what may be told of pairs."""
        sums = self.crossings.take()
        if self.pairs is not PAIRS:
            sums = only_with_first(sums, {first for first, _ in self.pairs}, self.symbols)
        return self.crowd.pass_on(sums)

    def replay(self, hits: Iterable[Hit], releases: bool) -> None:
        """Remember hits that were counted before, and what was released with them."""
        self.visits.count(hits, Ledger())
        if releases:
            self.release()


def note(hits: Iterable[Hit]) -> list[tuple[Any, ...]]:
    """Return hits as plain values."""
    return [
        (
            hit.site.domain, hit.time, hit.kind, hit.interactive, hit.visitor, hit.visitor_before,
            hit.where, hit.how, hit.who, hit.event, hit.goals, hit.props, hit.engaged, hit.scroll,
        )
        for hit in hits
    ]  # fmt: skip


def recall(notes: Iterable[Note], sites: Mapping[str, Site]) -> list[Hit]:
    """Return the hits of notes; those of a site that is no longer configured are left out."""
    return [Hit(sites[domain], *rest) for domain, *rest in _untyped(notes) if domain in sites]


def _untyped(notes: Iterable[Note]) -> Iterable[Any]:
    """Return notes as they are; a checker cannot follow their fields into a class."""
    return notes


def freeze(memory: Memory, write: Callable[[Frame], object]) -> None:
    """Write the memory as bytes, in pieces. Sites are named, and the keys are not in them.

    Each piece is written before the next is made, and arrays as they lie in memory: no copy is made.
    """
    pickler = pickle.Pickler(_Sink(write), pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {
        Site: lambda site: (_find_site, (site.domain,)),
        Keyring: lambda _: (_find_keys, ()),
    }
    pickler.dump(memory)


def thaw(frozen: Iterable[bytes], sites: Mapping[str, Site], keys: Keyring) -> Memory:
    """Return the memory that `freeze` wrote in pieces; raises an error for any other bytes.

    Never for bytes from elsewhere: they could run code.
    """
    memory = _Unpickler(io.BufferedReader(_Source(frozen)), sites, keys).load()
    if not isinstance(memory, Memory):
        raise TypeError("not a frozen memory")
    return memory


class _Sink:
    """A file for a pickler to write to."""

    def __init__(self, write: Callable[[Frame], object]) -> None:
        self._write = write

    def write(self, piece: bytes | pickle.PickleBuffer) -> None:
        """Write a piece."""
        self._write(pickle.PickleBuffer(piece).raw())


class _Source(io.RawIOBase):
    """Pieces as a file to read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (any buffer)
        """Read what is left of a piece, as far as there is room."""
        self._left = self._left or memoryview(next(self._pieces, b""))
        room = memoryview(buffer)
        count = min(len(room), len(self._left))
        room[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _find_site(domain: str) -> Site:
    """Stand in a frozen memory for a site; one that is gone lives on until its visits are over."""
    return Site(domain)


def _find_keys() -> Keyring:
    """Stand in a frozen memory for the keys."""
    return Keyring()


class _Unpickler(pickle.Unpickler):
    """Puts this process' sites and keys where the frozen memory names them."""

    def __init__(self, file: io.BufferedReader, sites: Mapping[str, Site], keys: Keyring) -> None:
        super().__init__(file)
        self._sites = dict(sites)
        self._keys = keys

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        """Return what a name in the frozen memory is."""
        if name == _find_site.__name__:
            return lambda domain: (
                self._sites.get(domain) or self._sites.setdefault(domain, _find_site(domain))
            )
        if name == _find_keys.__name__:
            return lambda: self._keys
        return super().find_class(module, name)
