"""Traffic records on their way to ClickHouse: sums of cells, and what the cells' numbers mean.

In memory and in the spool a value is a number (a symbol), and a cell two of them: the hour or the
first symbol in the upper half, the second in the lower. So a part of a group of hits is a few
arrays, made in microseconds, and parts are added up by one sort.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ingest.store.calendar import QUARTER
from ingest.store.names import Gathered, Names, PackedNames
from ingest.store.packing import Packed, Pile, pack
from ingest.store.tables import COUNTERS, CROSSTABS, DAYS, DROPS, TRAFFIC

Integers = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
Columns = list[list[Any]]
Drops = dict[tuple[str, int, str], int]
"""Dropped hits by site, hour (seconds since 1970) and reason."""

FORM = 5
"""Of an encoded part and of what keeps it; another form is not read."""
_LOWER = 0xFFFF_FFFF
_HALF = 2**26


class Sums(NamedTuple):
    """Cells, each once, and what they gained: n numbers, and 12 counters by n."""

    cells: Integers
    gains: Integers


def no_sums() -> Sums:
    """Return the sums of nothing."""
    return Sums(np.empty(0, np.int64), np.empty((len(COUNTERS), 0), np.int64))


def add_up(cells: Integers, gains: Numbers, owners: Integers | None = None) -> Sums:
    """Return each cell once, in rising order, with all that it gained.

    `gains` has a row for each counter. Its columns belong to the cells, each once to a cell at most,
    by `owners` if it is given.
    """
    order = np.argsort(cells)
    cells = cells.take(order)
    is_first = first_of_each(cells)
    place = np.cumsum(is_first) - 1
    owners = order if owners is None else owners.take(order)
    cells = cells[is_first]
    return Sums(cells, _sum_by(place, gains, owners, len(cells)))


def _sum_by(place: Integers, gains: Numbers, owners: Integers, count: int) -> Integers:
    """Return the sums of each counter's gains by place.

    They go through floating point, which is exact up to 2 to the 53. Where two counters fit into
    one such number, a half each, they are summed in one go: this is where a group's time goes.
    """
    sums = np.zeros((len(gains), count), np.int64)
    bounds = np.abs(gains).sum(axis=1).tolist()
    used = sorted(np.flatnonzero(bounds).tolist(), key=bounds.__getitem__)
    while used:
        high, low = used.pop(), used[-1] if used else None
        if low is None or bounds[high] >= _HALF or bounds[low] >= _HALF / 2:
            sums[high] = np.bincount(place, gains[high].take(owners), count)
            continue
        used.pop()
        both = np.bincount(place, (gains[high] * _HALF + gains[low]).take(owners), count)
        sums[high] = np.rint(both / _HALF)
        sums[low] = both - sums[high] * _HALF
    return sums


def first_of_each(numbers: Integers) -> NDArray[np.bool_]:
    """Return which of sorted numbers are the first of their value."""
    is_first = np.empty(len(numbers), bool)
    is_first[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return is_first


def hour_base(hour: int) -> int:
    """Return what, added to a symbol, makes the number of its cell in `hour` (seconds, UTC).

    An hour starts on a quarter in every time zone, and quarters since 1970 fit in 31 bits.
    """
    return hour // QUARTER << 32


def pair_base(symbol: int) -> int:
    """Return what, added to a second symbol, makes the number of the pair's cell."""
    return symbol << 32


def split(cells: Integers) -> tuple[Integers, Integers]:
    """Return the first (quarter of the hour or symbol) and the second part of cell numbers."""
    return cells >> 32, cells & _LOWER


class Records(NamedTuple):
    """Sums for each table, and the names of the symbols that their cells are made of."""

    session: bytes
    """Under which a number means one thing; empty for what was decoded."""
    names_of: Callable[[Integers], Names]
    """Returns the names of symbols in rising order."""
    traffic: Sums
    crosstabs: Sums
    drops: Drops

    @property
    def columns(self) -> dict[str, Columns]:
        """Columns for each table, in its order. Hours are seconds, days are days, since 1970."""
        names = self.names_of(self.symbols())
        return {
            TRAFFIC.name: self._traffic(names),
            DAYS.name: self._days(names),
            CROSSTABS.name: self._crosstabs(names),
            DROPS.name: _by_column([(*key, hits) for key, hits in sorted(self.drops.items())]),
        }

    def symbols(self) -> Integers:
        """Return the symbols of all cells, each once, in rising order."""
        symbols = split(self.traffic.cells)[1], *split(self.crosstabs.cells)
        numbers = np.sort(np.concatenate(symbols))
        return numbers[first_of_each(numbers)]

    def encode(self, named: Sequence[int]) -> bytes:
        """Return the records as a part for the spool, with the names of the symbols in `named`.

        Those of other symbols must be in other parts that are decoded with this one.
        """
        return msgspec.msgpack.encode(
            (
                self.names_of(np.array(named, np.int64)).pack(),
                pack(*self.traffic),
                pack(*self.crosstabs),
                [(*key, hits) for key, hits in self.drops.items()],
            )
        )

    @classmethod
    def decode(cls, parts: Iterable[bytes]) -> "Records":
        """Return the records of several parts of one session, each cell once."""
        return _join(parts)[0]

    def _traffic(self, names: Names) -> Columns:
        quarters, symbols = split(self.traffic.cells)
        site, _, dimension, value = names.columns(symbols)
        return [site, dimension, (quarters * QUARTER).tolist(), value, *self.traffic.gains.tolist()]

    def _days(self, names: Names) -> Columns:
        """Add up the hours of each name, which is a day's."""
        sums = add_up(split(self.traffic.cells)[1], self.traffic.gains)
        site, day, dimension, value = names.columns(sums.cells)
        kept = [COUNTERS.index(name) for name in DAYS.counted]
        return [site, dimension, day, value, *sums.gains[kept].tolist()]

    def _crosstabs(self, names: Names) -> Columns:
        first, second = split(self.crosstabs.cells)
        site, day, dimension_a, value_a = names.columns(first)
        _, _, dimension_b, value_b = names.columns(second)
        key = [site, dimension_a, dimension_b, day, value_a, value_b]
        return [*key, *self.crosstabs.gains.tolist()]


def _by_column(rows: list[tuple[Any, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in DROPS.columns]


def fold_parts(parts: Iterable[bytes]) -> bytes:
    """Return one part for several of one session, with all names that they have."""
    records, names = _join(parts)
    return records.encode(names.symbols.tolist())


_Part = tuple[PackedNames, Packed, Packed, list[tuple[str, int, str, int]]]


def _join(parts: Iterable[bytes]) -> tuple[Records, Names]:
    """Add parts up; return them, and all names that they have."""
    gathered, traffic, crosstabs = Gathered(), Pile(), Pile()
    drops = Counter[tuple[str, int, str]]()
    for part in parts:
        named, of_traffic, of_crosstabs, dropped = msgspec.msgpack.decode(part, type=_Part)
        gathered.add(named)
        traffic.add(of_traffic)
        crosstabs.add(of_crosstabs)
        for site, hour, reason, hits in dropped:
            drops[site, hour, reason] += hits
    names = gathered.names()
    return Records(b"", names.of, Sums(*traffic.sum()), Sums(*crosstabs.sum()), drops), names
