"""A made-up day as traffic records: what the real steps would count of it, by sums over arrays.

`ingest/store/tables.py` says what the counters mean; `check_cells.py` compares with the real steps.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from made_up_day import EVENT, PING, VIEW, Day
from numpy.typing import NDArray
from vocabulary import GOALS, SECTIONS, VALUES, Codes

from ingest.store.dimensions import PAIRS, crossed_with
from ingest.store.tables import ATTENTION, COUNTERS, CROSSTABS, DAYS, TRAFFIC, Table

K = 5
_HOUR, _DAY = 3_600, 86_400
_CROSSED = crossed_with("page")
_SPARE = 3
"""Possible cells for each row, up to which an array with all of them is faster than sorting."""
Columns = list[list[Any]]
Part = tuple[Codes, dict[str, Codes]]
"""What some rows (hits or visits) add: the number of each one's cell, and its amounts by counter."""


class Cells:
    """The columns of a table, filled cell by cell."""

    def __init__(self, table: Table) -> None:
        self.columns: Columns = [[] for _ in table.columns]
        self._kept = [COUNTERS.index(name) for name in table.counted]

    def add(self, keys: list[list[Any]], sums: NDArray[np.int64]) -> None:
        """Add cells: their key columns, and 12 counters by n."""
        for column, values in zip(self.columns, [*keys, *sums[self._kept].tolist()], strict=True):
            column.extend(values)


def cells(day: Day, site: str, midnight: int) -> dict[Table, Columns]:
    """Return the columns of each table; `midnight` is in seconds since 1970."""
    counted = _Counted(day)
    traffic, days, crosstabs = Cells(TRAFFIC), Cells(DAYS), Cells(CROSSTABS)
    for dimension, parts in counted.dimensions():
        cell, sums = _sum(parts, len(VALUES[dimension]) * 24)
        values, hours = np.divmod(cell, 24)
        keys = _fixed(len(cell), site, dimension)
        keys += [(midnight + hours * _HOUR).tolist(), VALUES[dimension][values].tolist()]
        traffic.add(keys, sums)
        firsts = np.flatnonzero(np.diff(values, prepend=-1))
        keys = _fixed(len(firsts), site, dimension, midnight // _DAY)
        keys.append(VALUES[dimension][values[firsts]].tolist())
        days.add(keys, np.add.reduceat(sums, firsts, axis=1) if len(firsts) else sums)
    for (a, b), parts in counted.pairs():
        cell, sums = _sum(parts, len(VALUES[a]) * len(VALUES[b]))
        crowded = sums[COUNTERS.index("visitors")] >= K
        first, second = np.divmod(cell[crowded], len(VALUES[b]))
        keys = _fixed(len(first), site, a, b, midnight // _DAY)
        keys += [VALUES[a][first].tolist(), VALUES[b][second].tolist()]
        crosstabs.add(keys, sums[:, crowded])
    return {TRAFFIC: traffic.columns, DAYS: days.columns, CROSSTABS: crosstabs.columns}


def _fixed(count: int, *values: Any) -> list[list[Any]]:  # noqa: ANN401
    return [[value] * count for value in values]


def _sum(parts: list[Part], possible: int) -> tuple[Codes, NDArray[np.int64]]:
    """Return the numbers of the cells that are not empty, and their sums: 12 counters by n."""
    numbers = np.arange(possible)
    if possible > _SPARE * len(parts[0][0]):
        numbers, places = np.unique(
            np.concatenate([cell for cell, _ in parts]), return_inverse=True
        )
        ends = np.cumsum([len(cell) for cell, _ in parts])[:-1]
        parts = [
            (place, amounts)
            for place, (_, amounts) in zip(np.split(places, ends), parts, strict=True)
        ]
    sums = np.zeros((len(COUNTERS), len(numbers)), np.int64)
    for cell, amounts in parts:
        for counter, amount in amounts.items():
            sums[COUNTERS.index(counter)] += np.bincount(cell, amount, len(numbers)).astype(
                np.int64
            )
    counts = sums.any(axis=0)
    return numbers[counts], sums[:, counts]


def _first(*columns: Codes) -> Codes:
    """Return 1 for each row that is the first with its values, else 0."""
    key = columns[0].astype(np.int64)
    for column in columns[1:]:
        key = key * (int(column.max(initial=0)) + 1) + column
    is_first = np.zeros(len(key), np.int64)
    is_first[np.unique(key, return_index=True)[1]] = 1
    return is_first


class _Counted:
    """A day, row by row: of hits, of visits, and of visits in each hour in which they had hits."""

    def __init__(self, day: Day) -> None:
        hits, self.wide = day.hits, day.wide
        self.exit_page = day.exit_page
        self.hour = day.start // _HOUR
        self.visitor = day.visitor
        self.by_hit = _brought(day)
        self.by_visit = {
            "visits": np.ones(len(day.visitor), np.int64),
            "bounces": day.bounced,
            "duration": day.duration,
        }
        self.hit_visit, self.hit_hour = hits.visit, hits.time // _HOUR
        self.hit_visitor = day.visitor[hits.visit]
        self.page, self.event, self.kind = hits.page, hits.event, hits.kind
        is_new = np.diff(hits.visit * 24 + self.hit_hour, prepend=-1) > 0
        place = np.cumsum(is_new) - 1
        self.stay_visit, self.stay_hour = hits.visit[is_new], self.hit_hour[is_new]
        self.by_stay = {
            counter: np.bincount(place, amount).astype(np.int64)
            for counter, amount in self.by_hit.items()
        }
        self.attention = {name: self.by_stay.pop(name) for name in ATTENTION}
        """What by stays only the totals have."""

    def dimensions(self) -> Iterator[tuple[str, list[Part]]]:
        """Yield each dimension, and what adds to cells of (value, hour)."""
        totals = self._wide(np.zeros_like(self.visitor))
        yield "", [*totals, (self.stay_hour, self.attention)]
        for name, codes in self.wide.items():
            yield name, self._wide(codes)
        yield "exit_page", self._exit_page()
        for name, of_page in self._places().items():
            yield name, self._place(of_page)
        for name, hits in self._labels().items():
            yield name, self._label(hits)

    def pairs(self) -> Iterator[tuple[tuple[str, str], list[Part]]]:
        """Yield each pair of dimensions, and what adds to cells of (value, value)."""
        for a, b in PAIRS:
            size = len(VALUES[b])
            if a in self.wide:
                yield (a, b), self._wide_pair(self.wide[a], self.wide[b], size)
            elif a == "page":
                yield (a, b), self._page_pair(self.wide[b], size)
            else:
                yield (a, b), self._label_pair(self._labels()[a], self.wide[b], size)

    def _wide(self, codes: Codes) -> list[Part]:
        stay, stay_visitor = codes[self.stay_visit], self.visitor[self.stay_visit]
        new = {"hour_visitors": _first(stay_visitor, stay, self.stay_hour)}
        changed = self.by_visit | {"visitors": _first(self.visitor, codes)}
        return [(stay * 24 + self.stay_hour, self.by_stay | new), (codes * 24 + self.hour, changed)]

    def _exit_page(self) -> list[Part]:
        codes = self.exit_page
        visitors = _first(self.visitor, codes)
        amounts = self._all() | {"visitors": visitors, "hour_visitors": visitors}
        return [(codes * 24 + self.hour, amounts)]

    def _all(self) -> dict[str, Codes]:
        """Return all that visits count but their visitors."""
        return self.by_visit | {
            counter: np.bincount(self.stay_visit, amount, len(self.visitor)).astype(np.int64)
            for counter, amount in self.by_stay.items()
        }

    @staticmethod
    def _places() -> dict[str, Codes]:
        pages = np.arange(len(VALUES["page"]))
        return {"page": pages, "section": pages % SECTIONS, "hostname": pages * 0}

    def _place(self, of_page: Codes) -> list[Part]:
        codes, entries = of_page[self.page], of_page[self.wide["entry_page"]]
        new = {"visitors": _first(self.hit_visitor, codes)}
        return [
            (codes * 24 + self.hit_hour, self.by_hit | new),
            (codes * 24 + self.hour[self.hit_visit], {"visits": _first(self.hit_visit, codes)}),
            (entries * 24 + self.hour, self._entered()),
            (of_page[self.exit_page] * 24 + self.hour, {"exits": self.by_visit["visits"]}),
        ]

    def _entered(self) -> dict[str, Codes]:
        visits, bounces, duration = self.by_visit.values()
        return {"entries": visits, "bounces": bounces, "duration": duration}

    def _labels(self) -> dict[str, Codes]:
        """Return the places of the hits that have an event, and of those that reach a goal."""
        return {
            "event": np.flatnonzero(self.kind == EVENT),
            "goal": np.flatnonzero(self.event < len(GOALS)),
        }

    def _label(self, hits: Codes) -> list[Part]:
        codes, visit = self.event[hits], self.hit_visit[hits]
        amounts = {
            "events": np.ones(len(hits), np.int64),
            "visitors": _first(self.hit_visitor[hits], codes),
        }
        return [
            (codes * 24 + self.hit_hour[hits], amounts),
            (codes * 24 + self.hour[visit], {"visits": _first(visit, codes)}),
        ]

    def _wide_pair(self, a: Codes, b: Codes, size: int) -> list[Part]:
        return [(a * size + b, self._all() | {"visitors": _first(self.visitor, a, b)})]

    def _page_pair(self, wide: Codes, size: int) -> list[Part]:
        crossed = wide[self.hit_visit]
        here = self.by_hit | {
            "visitors": _first(self.hit_visitor, self.page, crossed),
            "visits": _first(self.hit_visit, self.page),
        }
        return [
            (self.page * size + crossed, here),
            (self.wide["entry_page"] * size + wide, self._entered()),
            (self.exit_page * size + wide, {"exits": self.by_visit["visits"]}),
        ]

    def _label_pair(self, hits: Codes, wide: Codes, size: int) -> list[Part]:
        codes, visit = self.event[hits], self.hit_visit[hits]
        amounts = {
            "events": np.ones(len(hits), np.int64),
            "visitors": _first(self.hit_visitor[hits], codes, wide[visit]),
            "visits": _first(visit, codes),
        }
        return [(codes * size + wide[visit], amounts)]


def _brought(day: Day) -> dict[str, Codes]:
    """Return what each hit brings by itself."""
    hits, is_ping = day.hits, day.hits.kind == PING
    tells = np.zeros(len(is_ping), np.int64)
    pings = np.flatnonzero(is_ping)
    tells[pings] = _first(hits.visit[pings], hits.page[pings])
    return {
        "pageviews": (hits.kind == VIEW).astype(np.int64),
        "events": (hits.kind == EVENT).astype(np.int64),
        "engagement": hits.engaged,
        "scroll": hits.scroll * tells,
        "scroll_visits": tells,
    }
