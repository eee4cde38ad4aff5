from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from ingest.fold.crowd import Crowd
from ingest.fold.fold import fold
from ingest.fold.ledger import Additions, Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.drops import DropReason
from ingest.store.records import hour_base, no_sums, pair_base
from ingest.store.tables import COUNTERS, TABLES

SITE = Site("example.com", timezone=ZoneInfo("Asia/Kolkata"), k=2)
DAY = date(2026, 11, 23)
HOUR = 1_795_458_600
"""Its start of an hour: 18:30 UTC."""


def rows(records, name):
    """Return a table's records as key and counters that are not 0."""
    table = next(table for table in TABLES if table.name == name)
    width = len(table.key)
    columns = [column for column, _ in table.counters]
    return sorted(
        (
            (*row[:width], {name: n for name, n in zip(columns, row[width:], strict=True) if n})
            for row in zip(*records.columns[name], strict=True)
        ),
        key=lambda row: row[:width],
    )


def amounts(**counters):
    """Return one addition's amounts."""
    return np.array([[counters.get(name, 0)] for name in COUNTERS], float)


def test_a_group_becomes_records_of_every_table():
    symbols, ledger = Symbols({}), Ledger()
    crowd, day = Crowd(symbols, 10), symbols.day(SITE, DAY)
    page, country, rare = [
        day.symbol(*value) for value in (("page", "/a"), ("country", "FR"), ("country", "MC"))
    ]
    hour = hour_base(HOUR)
    ledger.traffic.add(np.array([[hour + day.total, hour + page]]), amounts(pageviews=2))
    ledger.traffic.add(np.array([hour + page]), amounts(exits=-1))
    ledger.traffic.add(np.array([hour + country]), amounts(visits=1))
    pair = pair_base(page)
    crossed = Additions()
    crossed.add(np.array([pair + country]), amounts(visitors=2, pageviews=3))
    crossed.add(np.array([pair + rare]), amounts(visitors=1))
    ledger.drops[SITE, HOUR, DropReason.ROBOT] += 4
    ledger.drops[None, HOUR, DropReason.UNKNOWN_SITE] += 1

    records = fold(ledger, crowd.pass_on(crossed.sum()), symbols)

    assert rows(records, "traffic") == [
        ("example.com", "", HOUR, "", {"pageviews": 2}),
        ("example.com", "country", HOUR, "FR", {"visits": 1}),
        ("example.com", "page", HOUR, "/a", {"pageviews": 2, "exits": -1}),
    ]
    days = (DAY - date(1970, 1, 1)).days
    assert rows(records, "crosstabs") == [
        ("example.com", "page", "country", days, "/a", "FR", {"visitors": 2, "pageviews": 3})
    ]
    assert rows(records, "drops") == [
        ("", HOUR, "unknown_site", {"hits": 1}),
        ("example.com", HOUR, "robot", {"hits": 4}),
    ]
    *_, named = records.names_of(records.symbols()).columns(records.symbols())
    assert set(named) == {"", "/a", "FR"}, "what waits for its crowd is not even named"


def test_nothing_becomes_no_records():
    symbols = Symbols({})
    records = fold(Ledger(), no_sums(), symbols)
    assert records.columns == {table.name: [[] for _ in table.columns] for table in TABLES}
