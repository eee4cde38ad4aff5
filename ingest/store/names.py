"""What symbols stand for, many of them at once.

The names of thousands of sites are made of the same few words: each is kept, and spooled, once.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.store.packing import STEPS, Integers, Numbers, narrow, widen

_Word = str | int
PackedNames = tuple[bytes, list[_Word], Numbers]
"""Symbols; words; and where in them the words of each symbol are."""
_EPOCH = date(1970, 1, 1).toordinal()
_SYMBOL = "<u4"


class Name(NamedTuple):
    """What a symbol stands for."""

    site: str
    day: date
    dimension: str
    value: str


class Names(NamedTuple):
    """The names of symbols, of four words each: site, day (since 1970), dimension and value."""

    symbols: Integers
    """In rising order."""
    words: NDArray[np.object_]
    """Each once."""
    places: Integers
    """Where in `words` those of each symbol are: n by 4."""

    def of(self, symbols: Integers) -> "Names":
        """Return the names of some of the symbols. Raises KeyError for one that has none here."""
        rows = np.searchsorted(self.symbols, symbols)
        if not np.array_equal(self.symbols[rows[rows < len(self.symbols)]], symbols):
            raise KeyError
        return Names(symbols, self.words, self.places.take(rows, axis=0))

    def columns(self, symbols: Integers) -> list[list[_Word]]:
        """Return sites, days, dimensions and values of symbols, in any order, that have names here."""
        places = self.places.take(np.searchsorted(self.symbols, symbols), axis=0)
        found: list[list[_Word]] = self.words.take(places.T).tolist()
        return found

    def pack(self) -> PackedNames:
        """Return them as they are spooled."""
        symbols = self.symbols.astype(_SYMBOL).tobytes()
        return symbols, self.words.tolist(), narrow(self.places.ravel(), STEPS)


def names_by(name_of: Callable[[int], Name]) -> Callable[[Integers], Names]:
    """Return what gives the names of symbols, in rising order, that have each of them by itself."""

    def names_of(symbols: Integers) -> Names:
        words = _Words()
        places = []
        for site, day, dimension, value in map(name_of, symbols.tolist()):
            places += words.places((site, day.toordinal() - _EPOCH, dimension, value))
        return Names(symbols, words.array(), np.array(places, np.int64).reshape(-1, 4))

    return names_of


class Gathered:
    """The names of several parts, put together."""

    def __init__(self) -> None:
        self._words = _Words()
        self._symbols = [np.empty(0, _SYMBOL)]
        self._places = [np.empty((0, 4), np.int64)]

    def add(self, packed: PackedNames) -> None:
        """Add the names of a part."""
        symbols, words, places = packed
        here = np.array(self._words.places(words), np.int64)
        self._symbols.append(np.frombuffer(symbols, _SYMBOL))
        self._places.append(here.take(widen([places], STEPS)).reshape(-1, 4))

    def names(self) -> Names:
        """Return all of them."""
        symbols = np.concatenate(self._symbols).astype(np.int64)
        order = np.argsort(symbols)
        places = np.concatenate(self._places).take(order, axis=0)
        return Names(symbols.take(order), self._words.array(), places)


class _Words:
    """Words, each with its place."""

    def __init__(self) -> None:
        self._places: dict[_Word, int] = {}

    def places(self, words: Iterable[_Word]) -> list[int]:
        """Return the place of each word; a new one gets the next."""
        places = self._places
        return [places.setdefault(word, len(places)) for word in words]

    def array(self) -> NDArray[np.object_]:
        """Return the words by their places."""
        return np.array(list(self._places), object)
