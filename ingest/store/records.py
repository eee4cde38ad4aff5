"""Traffic records on their way to ClickHouse: sums of cells, and what the cells' numbers mean.

In memory and in the spool a value is a number (a symbol), and a cell two of them: the hour or the
first symbol in the upper half, the second in the lower. So a part of a group of hits is a few
arrays, made in microseconds, and parts are added up by one sort.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ingest.store.calendar import QUARTER
from ingest.store.tables import COUNTERS, CROSSTABS, DAYS, DROPS, TRAFFIC

Integers = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
Columns = list[list[Any]]
_Objects = NDArray[np.object_]
Drops = dict[tuple[str, int, str], int]
"""Dropped hits by site, hour (seconds since 1970) and reason."""

FORM = 2
"""Of an encoded part; another form is not read."""
_LOWER = 0xFFFF_FFFF
_HALF = 2**26
_EPOCH = date(1970, 1, 1).toordinal()
_WIDTHS = ("b", "h", "i", "q")
"""Types of whole numbers, the smallest first."""


class Name(NamedTuple):
    """What a symbol stands for."""

    site: str
    day: date
    dimension: str
    value: str


class Sums(NamedTuple):
    """Cells, each once, and what they gained: n numbers, and 12 counters by n."""

    cells: Integers
    gains: Integers


class Names(NamedTuple):
    """The names of a session's symbols, as far as they are needed."""

    session: bytes
    numbers: Integers
    """In rising order."""
    names: list[bytes]


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


def encode_name(name: Name) -> bytes:
    """Return a name as bytes; two names are equal if their bytes are."""
    return msgspec.msgpack.encode((name.site, name.day.toordinal(), name.dimension, name.value))


def decode_name(encoded: bytes) -> Name:
    """Return the name that `encode_name` made bytes of."""
    site, day, dimension, value = msgspec.msgpack.decode(encoded, type=tuple[str, int, str, str])
    return Name(site, date.fromordinal(day), dimension, value)


_NOTHING = no_sums()


class Records:
    """Sums for each table."""

    def __init__(self, names: Names, traffic: Sums, crosstabs: Sums, drops: Drops) -> None:
        self.names = names
        self.traffic = traffic
        self.crosstabs = crosstabs
        self.drops = drops

    @property
    def columns(self) -> dict[str, Columns]:
        """Columns for each table, in its order. Hours are seconds, days are days, since 1970."""
        # By the parts of a name: arrays of objects, from which many are taken in one go.
        names = np.array([decode_name(name) for name in self.names.names], object).reshape(-1, 4).T
        return {
            TRAFFIC.name: self._traffic(names),
            DAYS.name: self._days(names),
            CROSSTABS.name: self._crosstabs(names),
            DROPS.name: _by_column([(*key, hits) for key, hits in sorted(self.drops.items())]),
        }

    def encode(self) -> bytes:
        """Return the records as bytes for the spool."""
        return msgspec.msgpack.encode(
            (
                FORM,
                self.names.session,
                self.names.numbers.astype("<u4").tobytes(),
                self.names.names,
                _encode_sums(self.traffic),
                _encode_sums(self.crosstabs),
                [(*key, hits) for key, hits in self.drops.items()],
            )
        )

    @classmethod
    def decode(cls, parts: Sequence[bytes]) -> "Records":
        """Return the records of several encoded parts, each cell once."""
        return _merge([_decode(part) for part in parts])

    def _traffic(self, names: _Objects) -> Columns:
        quarters, symbols = split(self.traffic.cells)
        site, _, dimension, value = names.take(self._places(symbols), axis=1).tolist()
        return [site, dimension, (quarters * QUARTER).tolist(), value, *self.traffic.gains.tolist()]

    def _days(self, names: _Objects) -> Columns:
        """Add up the hours of each name, which is a day's."""
        sums = add_up(split(self.traffic.cells)[1], self.traffic.gains)
        site, day, dimension, value = names.take(self._places(sums.cells), axis=1).tolist()
        kept = [COUNTERS.index(name) for name in DAYS.counted]
        return [site, dimension, _days_since_1970(day), value, *sums.gains[kept].tolist()]

    def _crosstabs(self, names: _Objects) -> Columns:
        first, second = (self._places(symbols) for symbols in split(self.crosstabs.cells))
        site, day, dimension_a, value_a = names.take(first, axis=1).tolist()
        _, _, dimension_b, value_b = names.take(second, axis=1).tolist()
        key = [site, dimension_a, dimension_b, _days_since_1970(day), value_a, value_b]
        return [*key, *self.crosstabs.gains.tolist()]

    def _places(self, symbols: Integers) -> Integers:
        """Return where the symbols' names are."""
        places = np.searchsorted(self.names.numbers, symbols)
        if not np.array_equal(self.names.numbers.take(places, mode="clip"), symbols):
            raise ValueError("a symbol has no name")
        return places


def _days_since_1970(days: list[date]) -> list[int]:
    return [day.toordinal() - _EPOCH for day in days]


def _by_column(rows: list[tuple[Any, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in DROPS.columns]


_Encoded = tuple[bytes, list[tuple[str, bytes]]]
_Part = tuple[int, bytes, bytes, list[bytes], _Encoded, _Encoded, list[tuple[str, int, str, int]]]


def _encode_sums(sums: Sums) -> _Encoded:
    """Return sums as bytes, each counter in the smallest type that holds it."""
    if not len(sums.cells):
        return b"", []
    most = np.maximum(sums.gains.max(axis=1), ~sums.gains.min(axis=1)).tolist()
    gains = [_narrow(column, limit) for column, limit in zip(sums.gains, most, strict=True)]
    return sums.cells.tobytes(), gains


def _narrow(column: Integers, limit: int) -> tuple[str, bytes]:
    """Return a column's type and bytes; of one that is all 0, no bytes."""
    if limit == 0 and not column.any():
        return _WIDTHS[0], b""
    for width in _WIDTHS:
        if limit < 1 << 8 * np.dtype(width).itemsize - 1:
            return width, column.astype(width).tobytes()
    raise OverflowError(limit)


def _decode_sums(encoded: _Encoded) -> Sums:
    cells, gains = encoded
    if not cells:
        return no_sums()
    sums = Sums(np.frombuffer(cells, np.int64), np.zeros((len(gains), len(cells) // 8), np.int64))
    for counter, (width, column) in zip(sums.gains, gains, strict=True):
        if column:
            counter[:] = np.frombuffer(column, width)
    return sums


def _decode(part: bytes) -> Records:
    form, session, numbers, names, traffic, crosstabs, drops = msgspec.msgpack.decode(
        part, type=_Part
    )
    if form != FORM:
        raise ValueError(f"form {form} is not known")
    return Records(
        Names(session, np.frombuffer(numbers, "<u4").astype(np.int64), names),
        _decode_sums(traffic),
        _decode_sums(crosstabs),
        {(site, hour, reason): hits for site, hour, reason, hits in drops},
    )


def _merge(parts: list[Records]) -> Records:
    """Add up parts. In one session a number means the same in all of them."""
    sessions: dict[bytes, list[Records]] = {}
    for part in parts:
        sessions.setdefault(part.names.session, []).append(part)
    merged = [_merge_session(session, same) for session, same in sessions.items()]
    if len(merged) == 1:
        return merged[0]
    return _merge_session(b"", _renumber(merged))


def _merge_session(session: bytes, parts: Sequence[Records]) -> Records:
    numbers, first = np.unique(
        np.concatenate([part.names.numbers for part in parts] or [_NOTHING.cells]),
        return_index=True,
    )
    names = [name for part in parts for name in part.names.names]
    drops: Counter[tuple[str, int, str]] = Counter()
    for part in parts:
        drops.update(part.drops)
    return Records(
        Names(session, numbers, [names[place] for place in first.tolist()]),
        _merge_sums([part.traffic for part in parts]),
        _merge_sums([part.crosstabs for part in parts]),
        drops,
    )


def _merge_sums(parts: Sequence[Sums]) -> Sums:
    return add_up(
        np.concatenate([part.cells for part in parts] or [_NOTHING.cells]),
        np.concatenate([part.gains for part in parts] or [_NOTHING.gains], axis=1),
    )


def _renumber(parts: Sequence[Records]) -> list[Records]:
    """Return the parts with the same number for the same name in all of them."""
    names = sorted({name for part in parts for name in part.names.names})
    number_of = {name: number for number, name in enumerate(names, 1)}
    renumbered = []
    for part in parts:
        new = np.array([number_of[name] for name in part.names.names], np.int64)
        order = np.argsort(new)
        renumbered.append(
            Records(
                Names(b"", new[order], [part.names.names[place] for place in order.tolist()]),
                Sums(_renumber_cells(part, new, hours=True), part.traffic.gains),
                Sums(_renumber_cells(part, new, hours=False), part.crosstabs.gains),
                part.drops,
            )
        )
    return renumbered


def _renumber_cells(part: Records, new: Integers, hours: bool) -> Integers:
    first, second = split(part.traffic.cells if hours else part.crosstabs.cells)
    old = part.names.numbers
    if not hours:
        first = new.take(np.searchsorted(old, first))
    return (first << 32) + new.take(np.searchsorted(old, second))
