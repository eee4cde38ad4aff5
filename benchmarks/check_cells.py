"""Whether a made-up day counts as the real steps count it, hit by hit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import vocabulary as words
from made_up_cells import cells
from made_up_day import EVENT, PING, Day

from ingest.fold.fold import fold
from ingest.fold.ledger import Ledger
from ingest.settings import Settings, Site
from ingest.store.tables import Table
from ingest.visit.hit import Hit, How, Kind, Where, Who
from ingest.visit.keys import Keyring
from ingest.visit.memory import Memory

_CELLS = 10_000_000
_KINDS = (Kind.PAGEVIEW, Kind.EVENT, Kind.ENGAGEMENT)


def check(day: Day, site: Site, midnight: int) -> int:
    """Raise AssertionError if a cell differs; return how many there are."""
    memory, ledger = Memory(Settings(waiting_cells=_CELLS), Keyring()), Ledger()
    dropped = memory.visits.count(_hits(day, site, midnight), ledger)
    assert not any(dropped)
    records = fold(ledger, memory.release(), memory.symbols)
    count = 0
    for table, columns in cells(day, site.domain, midnight).items():
        real, ours = _by_key(table, records.columns[table.name]), _by_key(table, columns)
        assert real == ours, f"{table.name}: {len(real.keys() ^ ours.keys())} keys differ"
        count += len(ours)
    return count


def _by_key(table: Table, columns: Sequence[Sequence[Any]]) -> Counter[tuple[Any, ...]]:
    width, sums = len(table.key), Counter()
    for (*row,) in zip(*columns, strict=True):
        for (counter, _), amount in zip(table.counters, row[width:], strict=True):
            sums[(*row[:width], counter)] += amount
    return Counter({key: amount for key, amount in sums.items() if amount})


def _hits(day: Day, site: Site, midnight: int) -> Iterator[Hit]:
    """Yield the hits of a day in the order of time."""
    hits = day.hits
    for place in sorted(range(len(hits.time)), key=lambda place: int(hits.time[place])):
        visit, page, kind = (int(column[place]) for column in (hits.visit, hits.page, hits.kind))
        event = words.EVENTS[hits.event[place]] if kind == EVENT else ""
        yield Hit(
            site=site,
            time=midnight + int(hits.time[place]),
            kind=_KINDS[kind],
            interactive=True,
            visitor=int(day.visitor[visit]) + 1,
            visitor_before=None,
            where=Where(*(words.VALUES[name][code] for name, code in _places(page).items())),
            how=How(*(_value(day, name, visit) for name in How._fields)),
            who=Who(*(_value(day, name, visit) for name in Who._fields)),
            event=event,
            goals=(event,) if event in words.GOALS else (),
            props=(),
            engaged=int(hits.engaged[place]) if kind == PING else 0,
            scroll=int(hits.scroll[place]),
        )


def _places(page: int) -> dict[str, int]:
    return {"page": page, "section": page % words.SECTIONS, "hostname": 0}


def _value(day: Day, name: str, visit: int) -> str:
    value: str = words.VALUES[name][day.wide[name][visit]]
    return value
