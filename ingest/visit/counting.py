"""What the hits of a group add to the cells of both tables.

`ingest.store.tables` says what each counter means and at which hour it stands. "Now" is a hit's
hour and day, "then" the hour and the day in which its visit began.
"""

import numpy as np

from ingest.fold.cell_table import Flags
from ingest.fold.ledger import Additions, Amounts
from ingest.store.records import Integers, add_up, split
from ingest.store.tables import ATTENTION, COUNTERS
from ingest.visit.crossings import Crossings
from ingest.visit.facts import (
    IS_FIRST,
    IS_HOUR_VISITOR,
    IS_VISITOR,
    NEW_IN_VISIT,
    NEW_TO_VISITOR,
    Facts,
)
from ingest.visit.running import Running

_COUNTER = {name: place for place, name in enumerate(COUNTERS)}
_PAGEVIEWS, _EVENTS = _COUNTER["pageviews"], _COUNTER["events"]
_VISITORS, _HOUR_VISITORS = _COUNTER["visitors"], _COUNTER["hour_visitors"]
_VISITS, _ENTRIES, _EXITS = _COUNTER["visits"], _COUNTER["entries"], _COUNTER["exits"]
_BOUNCES, _DURATION = _COUNTER["bounces"], _COUNTER["duration"]
_ENGAGEMENT = _COUNTER["engagement"]
_ATTENTION = [_COUNTER[name] for name in ATTENTION]
_BROUGHT = [_PAGEVIEWS, _EVENTS, *_ATTENTION]
"""Counters of what a hit brings by itself, in the order of its facts."""
_CHANGED = [_BOUNCES, _DURATION]
"""Counters of what a hit changes of its visit, in the order of its facts."""
_MANY = 500
"""Hits of a group, several of which are of one visit: it pays to add those up before all else."""
_PLACES = 3
"""Page, section and hostname; of these the page meets visit-wide dimensions."""


def count(facts: Facts, running: Running, traffic: Additions, crossings: Crossings) -> None:
    """Add what a group of hits adds."""
    hits = facts.hit_columns()
    if hits.size:
        counted = _Hits(hits, running)
        counted.count_wide(traffic, crossings)
        counted.count_values(traffic)
        counted.count_exit_pages(traffic)
        counted.cross_pages(crossings)
    _count_labels(facts.label_columns(), running, traffic, crossings)
    _count_moves(facts.move_columns(), traffic)
    _count_nobodys(facts.nobodys, traffic)
    _count_visitors(facts.visitors, _VISITORS, traffic)
    _count_visitors(facts.hour_visitors, _HOUR_VISITORS, traffic)
    crossings.add_visitors(facts.visitors_crossed)


class _Hits:
    """The hits of a group, one column each."""

    def __init__(self, hits: Integers, running: Running) -> None:
        self.running = running
        self.count = hits.shape[1]
        self.now, self.then, self.base_now, self.base_then = hits[:4]
        self.symbols_now, self.symbols_then, self.left = hits[4:7], hits[7:10], hits[10:13]
        self.flags = hits[13]
        self.is_first = self._has(IS_FIRST)
        self.exit_page, self.exit_visitors = hits[21:]
        self.brought = _amounts(self.count)
        self.brought[_BROUGHT] = hits[14:19]
        self.changed = _amounts(self.count)
        self.changed[_VISITS] = self.is_first
        self.changed[_CHANGED] = hits[19:21]
        self.is_same = (self.now == self.then) & (self.base_now == self.base_then)
        """Whether now is then, as for nearly all; both are counted in one go for these."""
        self.later = np.flatnonzero(~self.is_same)
        self._crossed: list[tuple[Integers, Amounts]] = []
        """What pages gain, each in the visit of a row: cells of row and page, and amounts."""

    def count_wide(self, traffic: Additions, crossings: Crossings) -> None:
        """Count in the totals, in visit-wide dimensions and in their pairs."""
        amounts = self._brought_wide() + self._if_same(self.changed)
        amounts[_VISITORS] = self._has(IS_VISITOR)
        amounts[_HOUR_VISITORS] = self._has(IS_HOUR_VISITOR)
        self._add_wide(traffic, crossings, self.base_now + self.now, amounts)
        self._count_attention(traffic)
        later = self.later
        if later.size:
            visits = (self.base_then + self.then)[later]
            self._add_wide(traffic, crossings, visits, self.changed[:, later])

    def count_values(self, traffic: Additions) -> None:
        """Count in page, section and hostname."""
        moved = (self.left != self.symbols_then) & ~self.is_first
        then = self._at_then(moved)
        now = self.brought[:, np.newaxis] + self._if_same(then)
        now[_VISITORS] = [self._has(flag) for flag in NEW_TO_VISITOR]
        _add_places(traffic, self.symbols_now, self.base_now, now)
        self._cross(self.now, self.symbols_now[0], now[:, 0])
        self._count_entry(traffic)
        self._take_back_exits(traffic, moved)
        later = self.later
        if later.size:
            symbols, amounts = self.symbols_then[:, later], then[..., later]
            _add_places(traffic, symbols, self.base_then[later], amounts)
            self._cross(self.then[later], symbols[0], amounts[:, 0])

    def count_exit_pages(self, traffic: Additions) -> None:
        """Count at the exit page all that the visit counts."""
        amounts = self._brought_wide() + self.changed
        amounts[_VISITORS] = amounts[_HOUR_VISITORS] = self.exit_visitors
        traffic.add(self.base_then + self.exit_page, amounts)

    def cross_pages(self, crossings: Crossings) -> None:
        """Count in the pairs of pages with visit-wide dimensions."""
        cells, amounts = zip(*self._crossed, strict=True)
        of_all, amounts_of_all = _each_once(np.concatenate(cells), np.concatenate(amounts, axis=1))
        rows, pages = split(of_all)
        crossings.add_crossed(pages, self.running.wides(rows), amounts_of_all)

    def _cross(self, rows: Integers, pages: Integers, amounts: Amounts) -> None:
        self._crossed.append(((rows << 32) + pages, amounts))

    def _add_wide(
        self, traffic: Additions, crossings: Crossings, visits: Integers, amounts: Amounts
    ) -> None:
        """Add to the visit-wide symbols, and their pairs, of hits' visits: their hours and rows."""
        visits, amounts = _each_once(visits, amounts)
        _, rows = split(visits)
        wide = self.running.wides(rows)
        traffic.add(wide + (visits - rows)[:, np.newaxis], amounts)
        crossings.add_wide(wide, amounts)

    def _at_then(self, moved: Flags) -> Amounts:
        """Where the hits are: their visit, its exit and, of its first hit, the entry."""
        amounts = _amounts(_PLACES, self.count)
        amounts[_VISITS] = [self._has(flag) for flag in NEW_IN_VISIT]
        amounts[_EXITS] = moved | self.is_first
        amounts[_ENTRIES] = self.is_first
        for counter in _CHANGED:
            amounts[counter] = self.changed[counter] * self.is_first
        return amounts

    def _count_entry(self, traffic: Additions) -> None:
        """Count bounces and lengths of visits that go on where these began."""
        changes = np.flatnonzero(self.changed[_CHANGED].any(axis=0) & ~self.is_first)
        if not changes.size:
            return
        amounts = _amounts(len(changes))
        amounts[_CHANGED] = self.changed[_CHANGED][:, changes]
        rows = self.then[changes]
        entries = self.running.entries(rows)
        traffic.add((entries + self.base_then[changes]).T, amounts)
        self._cross(rows, entries[0], amounts)

    def _take_back_exits(self, traffic: Additions, moved: Flags) -> None:
        """Take the exits back where visits were that moved on."""
        cells = (self.left + self.base_then)[moved]
        amounts = _amounts(len(cells))
        amounts[_EXITS] = -1
        traffic.add(cells, amounts)
        pages = np.flatnonzero(moved[0])
        self._cross(self.then[pages], self.left[0, pages], amounts[:, : len(pages)])

    def _brought_wide(self) -> Amounts:
        """Return what the hits bring where pages are not told apart."""
        amounts = self.brought.copy()
        amounts[_ATTENTION] = 0
        return amounts

    def _count_attention(self, traffic: Additions) -> None:
        """Count in the totals what else only places have."""
        pings = np.flatnonzero(self.brought[_ATTENTION].any(axis=0))
        amounts = _amounts(len(pings))
        amounts[_ATTENTION] = self.brought[_ATTENTION][:, pings]
        totals = self.running.wides(self.now[pings])[:, 0]
        traffic.add(totals + self.base_now[pings], amounts)

    def _if_same(self, amounts: Amounts) -> Amounts:
        """Return the amounts of hits for which now is then, and none of the others."""
        return amounts * self.is_same if self.later.size else amounts

    def _has(self, flag: int) -> Flags:
        has: Flags = (self.flags & flag) > 0
        return has


def _amounts(*shape: int) -> Amounts:
    """Return no amount of any counter."""
    return np.zeros((len(COUNTERS), *shape))


def _each_once(cells: Integers, amounts: Amounts) -> tuple[Integers, Amounts]:
    """Return cells each once, if there are so many that some are likely to come again."""
    if len(cells) < _MANY:
        return cells, amounts
    cells, gains = add_up(cells, amounts)
    return cells, gains.astype(np.float64)


def _add_places(traffic: Additions, symbols: Integers, bases: Integers, amounts: Amounts) -> None:
    """Add to page, section and hostname (3 by n)."""
    traffic.add((symbols + bases).ravel(), amounts.reshape(len(amounts), -1))


def _count_labels(
    labels: Integers, running: Running, traffic: Additions, crossings: Crossings
) -> None:
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
        traffic.add(bases + symbols, amounts)
        wide = running.wides(rows[is_crossed])
        crossings.add_crossed(symbols[is_crossed], wide, amounts[:, is_crossed])


def _count_moves(moves: Integers, traffic: Additions) -> None:
    """Move what visits have counted along from one exit page to the next."""
    if not moves.size:
        return
    bases, before, after = moves[:3]
    amounts = _amounts(moves.shape[1])
    amounts[[_PAGEVIEWS, _EVENTS]] = moves[3:5]
    amounts[_CHANGED] = moves[5:7]
    amounts[_VISITS] = 1
    traffic.add(bases + after, amounts.copy())
    amounts[_VISITORS] = amounts[_HOUR_VISITORS] = moves[7]
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
    if not cells:
        return
    amounts = _amounts(len(cells))
    amounts[counter] = 1
    table.add(np.array(cells, np.int64), amounts)
