"""Gives a site a year of rows, in many parts that ClickHouse has yet to merge.

    python benchmarks/history.py DATA-FOLDER

Prints how many parts there are.
"""

import sys
from contextlib import closing
from pathlib import Path

from stream import PAGES

from ingest.store.client import Store
from ingest.store.migrate import migrate

SITE = "history.example"
_ROUNDS, _ROWS = 6, 1_000_000
_FILL = """
INSERT INTO traffic (site, dimension, hour, value, pageviews, visitors, visits, entries, duration)
SELECT '{site}', 'page', toStartOfHour(now('UTC')) - toIntervalHour(number % 8760),
  concat('/news/page-', toString(cityHash64(number, {round}) % {pages})), 3, 2, 2, 1, 60
FROM numbers({rows})
"""
_FILL_DAYS = """
INSERT INTO days (site, dimension, day, value, pageviews, visitors, visits, entries, duration)
SELECT '{site}', 'page', toDate(now('UTC')) - number % 365,
  concat('/news/page-', toString(cityHash64(number, {round}) % {pages})), 3, 2, 2, 1, 60
FROM numbers({rows})
"""
_PARTS = "SELECT count() FROM system.parts WHERE active AND table IN ('traffic', 'days')"


def fill(data: Path) -> None:
    """Add the rows; no process may use the folder."""
    with closing(Store("chdb", data)) as store:
        migrate(store, {SITE: 759})
        store.command("SYSTEM STOP MERGES")
        for number in range(_ROUNDS):
            for statement in (_FILL, _FILL_DAYS):
                store.command(statement.format(site=SITE, round=number, pages=PAGES, rows=_ROWS))


def parts(data: Path) -> int:
    """Return how many parts the table is in; no process may use the folder."""
    with closing(Store("chdb", data)) as store:
        [(number,)] = store.query(_PARTS)
    return int(number)


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
    print(parts(Path(sys.argv[1])))
