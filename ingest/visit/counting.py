"""What the hits of a group add to the cells of both tables.

`ingest.store.tables` says what each counter means and at which hour it stands. "Now" is a hit's
hour and day, "then" the hour and the day in which its visit began.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.fold.ledger import Additions, Amounts, Ledger
from ingest.store.records import Integers
from ingest.store.tables import COUNTERS
from ingest.visit.facts import (
    IS_FIRST,
    IS_HOUR_VISITOR,
    IS_VISITOR,
    NEW_IN_VISIT,
    NEW_TO_VISITOR,
    Facts,
)
from ingest.visit.running import Running
from ingest.visit.wide import crossed_cells, pair_cells

_COUNTER = {name: place for place, name in enumerate(COUNTERS)}
_PAGEVIEWS, _EVENTS = _COUNTER["pageviews"], _COUNTER["events"]
_VISITORS, _HOUR_VISITORS = _COUNTER["visitors"], _COUNTER["hour_visitors"]
_VISITS, _ENTRIES, _EXITS = _COUNTER["visits"], _COUNTER["entries"], _COUNTER["exits"]
_BOUNCES, _DURATION = _COUNTER["bounces"], _COUNTER["duration"]
_ENGAGEMENT = _COUNTER["engagement"]
_BROUGHT = [_COUNTER[n] for n in ("pageviews", "events", "engagement", "scroll", "scroll_visits")]
"""Counters of what a hit brings by itself, in the order of its facts."""
_CHANGED = [_BOUNCES, _DURATION]
"""Counters of what a hit changes of its visit, in the order of its facts."""
_PLACES = 3
"""Page, section and hostname; of these the page meets visit-wide dimensions."""


def count(facts: Facts, running: Running, ledger: Ledger) -> None:
    """Add to the ledger what a group of hits adds."""
    hits = facts.hits()
    if hits.size:
        counted = _Hits(hits, running)
        counted.count_wide(ledger)
        counted.count_values(ledger)
        counted.count_exit_pages(ledger.traffic)
    _count_labels(facts.labels(), running, ledger)
    _count_moves(facts.moves(), ledger.traffic)
    _count_nobodys(facts.nobodys, ledger.traffic)
    _count_visitors(facts.visitors, _VISITORS, ledger.traffic)
    _count_visitors(facts.hour_visitors, _HOUR_VISITORS, ledger.traffic)
    _count_visitors(facts.visitors_crossed, _VISITORS, ledger.crosstabs)


class _Values(NamedTuple):
    """Additions to values of hits' dimensions: 3 by n arrays, and amounts of 12 by 3 by n."""

    symbols: Integers
    rows: Integers
    bases: Integers
    amounts: Amounts

    def of(self, hits: Integers) -> "_Values":
        """Return those of some hits."""
        symbols, rows, bases, amounts = self
        return _Values(symbols[:, hits], rows[:, hits], bases[:, hits], amounts[..., hits])


class _Hits:
    """The hits of a group, one column each."""

    def __init__(self, hits: Integers, running: Running) -> None:
        self.running = running
        self.count = hits.shape[1]
        self.now, self.then, self.base_now, self.base_then = hits[:4]
        self.symbols_now, self.symbols_then, self.left = hits[4:7], hits[7:10], hits[10:13]
        self.flags = hits[13]
        self.is_first = (self.flags & IS_FIRST) > 0
        self.exit_page, self.exit_visitors = hits[21:]
        self.brought = _amounts(self.count)
        self.brought[_BROUGHT] = hits[14:19]
        self.changed = _amounts(self.count)
        self.changed[_VISITS] = self.is_first
        self.changed[_CHANGED] = hits[19:21]
        self.is_same = (self.now == self.then) & (self.base_now == self.base_then)
        """Whether now is then, as for nearly all; both are counted in one go for these."""
        self.moved_on = np.flatnonzero(~self.is_same)

    def count_wide(self, ledger: Ledger) -> None:
        """Count in the totals, in visit-wide dimensions and in their pairs."""
        amounts = self.brought + self.changed * self.is_same
        amounts[_VISITORS] = (self.flags & IS_VISITOR) > 0
        amounts[_HOUR_VISITORS] = (self.flags & IS_HOUR_VISITOR) > 0
        self._add_wide(ledger, self.now, self.base_now, amounts)
        later = self.moved_on
        if later.size:
            self._add_wide(ledger, self.then[later], self.base_then[later], self.changed[:, later])

    def count_values(self, ledger: Ledger) -> None:
        """Count in page, section and hostname."""
        now, then, entry = self._now(), self._then(), self._entry()
        now.amounts[:] += then.amounts * self.is_same
        then = then.of(self.moved_on)
        _add_values(ledger, [now, then, entry, self._exit_before()], self.running)

    def count_exit_pages(self, traffic: Additions) -> None:
        """Count at the exit page all that the visit counts."""
        amounts = self.brought + self.changed
        amounts[_VISITORS] = amounts[_HOUR_VISITORS] = self.exit_visitors
        traffic.add(self.base_then + self.exit_page, amounts)

    def _add_wide(self, ledger: Ledger, rows: Integers, bases: Integers, amounts: Amounts) -> None:
        wide = self.running.wides(rows)
        ledger.traffic.add(wide + bases[:, np.newaxis], amounts)
        crossed = amounts.copy()
        crossed[_HOUR_VISITORS] = 0
        ledger.crosstabs.add(pair_cells(wide), crossed)

    def _now(self) -> _Values:
        """Where the hit is: what it brought, and its visitor."""
        amounts = _amounts(_PLACES, self.count)
        amounts[:] = self.brought[:, np.newaxis]
        amounts[_VISITORS] = self._has_flags(NEW_TO_VISITOR)
        return self._values(self.symbols_now, self.now, self.base_now, amounts)

    def _then(self) -> _Values:
        """Where the hit is: its visit, the visit's exit and, of its first hit, the entry."""
        amounts = _amounts(_PLACES, self.count)
        amounts[_VISITS] = self._has_flags(NEW_IN_VISIT)
        amounts[_EXITS] = self.left != self.symbols_then
        amounts[_ENTRIES] = self.is_first
        amounts[_CHANGED] = (self.changed[_CHANGED] * self.is_first)[:, np.newaxis]
        return self._values(self.symbols_then, self.then, self.base_then, amounts)

    def _entry(self) -> _Values:
        """Where the visit began: its bounce and length."""
        amounts = _amounts(_PLACES, self.count)
        amounts[_CHANGED] = (self.changed[_CHANGED] * ~self.is_first)[:, np.newaxis]
        entries = self.running.entries(self.then)
        return self._values(entries, self.then, self.base_then, amounts)

    def _exit_before(self) -> _Values:
        """Where the visit was before: the exit that is taken back."""
        amounts = _amounts(_PLACES, self.count)
        amounts[_EXITS] = -1.0 * ((self.left != self.symbols_then) & ~self.is_first)
        return self._values(self.left, self.then, self.base_then, amounts)

    def _values(
        self, symbols: Integers, rows: Integers, bases: Integers, amounts: NDArray[np.float64]
    ) -> _Values:
        shape = symbols.shape
        return _Values(
            symbols, np.broadcast_to(rows, shape), np.broadcast_to(bases, shape), amounts
        )

    def _has_flags(self, flags: tuple[int, ...]) -> NDArray[np.bool_]:
        has: NDArray[np.bool_] = (self.flags & np.array(flags)[:, np.newaxis]) > 0
        return has


def _amounts(*shape: int) -> NDArray[np.float64]:
    """Return no amount of any counter."""
    return np.zeros((len(COUNTERS), *shape))


def _add_values(ledger: Ledger, values: list[_Values], running: Running) -> None:
    """Add to values of page, section and hostname, and to the pairs that pages make."""
    symbols, rows, bases, amounts = (
        np.concatenate([part.reshape(*part.shape[:-2], -1) for part in parts], axis=-1)
        for parts in zip(*values, strict=True)
    )
    is_page = np.concatenate(
        [np.arange(part.symbols.size) < part.symbols.shape[1] for part in values]
    )
    counts = amounts.any(axis=0)
    ledger.traffic.add((symbols + bases)[counts], amounts[:, counts])
    pages = np.flatnonzero(counts & is_page)
    wide = running.wides(rows[pages])
    ledger.crosstabs.add(crossed_cells(symbols[pages], wide), amounts[:, pages])


def _count_labels(labels: Integers, running: Running, ledger: Ledger) -> None:
    """Count events, goals and custom properties: hits, visits and visitors."""
    if not labels.size:
        return
    now, then, base_now, base_then, symbols_now, symbols_then, crossed, *_ = labels
    amounts_now, amounts_then = _amounts(labels.shape[1]), _amounts(labels.shape[1])
    amounts_then[_VISITS] = labels[7]
    amounts_now[_VISITORS] = labels[8]
    amounts_now[[_PAGEVIEWS, _EVENTS]] = labels[9:]
    is_crossed = crossed > 0
    for symbols, rows, bases, amounts in (
        (symbols_now, now, base_now, amounts_now),
        (symbols_then, then, base_then, amounts_then),
    ):
        ledger.traffic.add(bases + symbols, amounts)
        cells = crossed_cells(symbols[is_crossed], running.wides(rows[is_crossed]))
        ledger.crosstabs.add(cells, amounts[:, is_crossed])


def _count_moves(moves: Integers, traffic: Additions) -> None:
    """Move what visits have counted along from one exit page to the next."""
    if not moves.size:
        return
    bases, before, after = moves[:3]
    amounts = _amounts(moves.shape[1])
    amounts[_BROUGHT] = moves[3:8]
    amounts[_CHANGED] = moves[8:10]
    amounts[_VISITS] = 1
    traffic.add(bases + after, amounts.copy())
    amounts[_VISITORS] = amounts[_HOUR_VISITORS] = moves[10]
    traffic.add(bases + before, -amounts)


def _count_nobodys(hits: list[tuple[int, int, int, int]], traffic: Additions) -> None:
    """Count hits of nobody's: in the site's totals alone."""
    if not hits:
        return
    columns = np.array(hits, np.int64).T
    amounts = _amounts(len(hits))
    amounts[[_PAGEVIEWS, _EVENTS, _ENGAGEMENT]] = columns[1:]
    traffic.add(columns[0], amounts)


def _count_visitors(cells: list[int], counter: int, table: Additions) -> None:
    """Count a visitor in each of the cells."""
    amounts = _amounts(len(cells))
    amounts[counter] = 1
    table.add(np.array(cells, np.int64), amounts)
