"""The dimensions of a visit as a whole, and the cells that their symbols make."""

from collections.abc import Sequence

import numpy as np

from ingest.store.dimensions import FREE_TEXT, NONE, PAIRS, crossed_with
from ingest.store.records import Integers
from ingest.visit.day import WIDE, Day
from ingest.visit.first_seen import Ways
from ingest.visit.hit import How, Where, Who

WIDTH = 1 + len(WIDE)
"""Symbols of a visit: that of the totals, and one of each visit-wide dimension."""

_CROSSED = crossed_with(Where._fields[0])
"""The visit-wide dimensions that meet others in `crosstabs`."""
_WIDE_PAIRS = tuple((a, b) for a, b in PAIRS if a in _CROSSED)
CROSSED_HIT = frozenset(a for a, b in PAIRS if a not in _CROSSED)
"""The hit's dimensions that meet visit-wide ones in `crosstabs`."""

_PLACE = {name: place for place, name in enumerate(WIDE, 1)}
_FIRSTS = np.array([_PLACE[a] for a, _ in _WIDE_PAIRS])
_SECONDS = np.array([_PLACE[b] for _, b in _WIDE_PAIRS])
_CROSSED_PLACES = np.array([_PLACE[name] for name in _CROSSED])
_HOW_PLACES = tuple(_PLACE[name] for name in _CROSSED if name not in Who._fields)
_WHO_PLACES = tuple(_PLACE[name] for name in _CROSSED if name in Who._fields)
_VARYING = tuple(_PLACE[name] for name in WIDE if name not in Who._fields or name == "screen")
"""What can differ between visits of one visitor.

The rest of who came is the same in all of them, but for contradicting client hints: there the
day's first visit counts.
"""
WAYS = len(_VARYING)
_FREE_TEXT_PLACES = tuple((name, How._fields.index(name)) for name in sorted(FREE_TEXT))


def wide_symbols(day: Day, visitor: int, values: Sequence[str]) -> tuple[list[int], dict[int, str]]:
    """Return a visit's symbols on a day: that of the totals, and one of each dimension in WIDE.

    Beside them those of `values` (in the order of WIDE, by their place) that the symbols do not
    tell: free text without its crowd, and what is past a cap.
    """
    told = values
    for name, place in _FREE_TEXT_PLACES:
        if values[place] != NONE:
            told = [*told[:place], day.tell(name, values[place], visitor), *told[place + 1 :]]
    symbols = day.symbols_of(WIDE, told)
    untold: dict[int, str] = {}
    if day.symbols.is_full or told != values:
        untold = {
            place: value
            for place, (name, value) in enumerate(zip(WIDE, values, strict=True))
            if not day.symbols.has(name, value) or told[place] != value
        }
    return [day.symbols.total, *symbols], untold


def ways(wide: Sequence[int]) -> Ways:
    """Return the symbols in which the visits of one visitor can differ."""
    return tuple([wide[place] for place in _VARYING])


def crossed_how(wide: Sequence[int]) -> list[int]:
    """Return the symbols of how a visit came that meet others in `crosstabs`."""
    return [wide[place] for place in _HOW_PLACES]


def crossed_who(wide: Sequence[int]) -> list[int]:
    """Return the symbols of who came that meet others in `crosstabs`."""
    return [wide[place] for place in _WHO_PLACES]


def pair_cells(wide: Integers) -> Integers:
    """Return the cells of the pairs of visit-wide dimensions, a row for each row of symbols."""
    return (wide.take(_FIRSTS, axis=1) << 32) + wide.take(_SECONDS, axis=1)


def crossed_cells(symbols: Integers, wide: Integers) -> Integers:
    """Return the cells that a hit's symbols make with the visit-wide symbols of the same row."""
    return (symbols << 32)[:, np.newaxis] + wide.take(_CROSSED_PLACES, axis=1)
