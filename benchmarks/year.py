"""Fills a folder with a year of one site's traffic, as traffic records and in the raw schema.

A tenth as much a day comes in the year before, so that there is something to compare with. The
traffic is made up visit by visit, each day's in one go; all of it is in both schemas.
"""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from check_cells import check
from made_up_cells import cells
from made_up_day import Day, draw
from raw_schema import TABLES as RAW_TABLES
from raw_schema import RawSchema
from rich.console import Console

from ingest.demo.progress import progress
from ingest.settings import Settings, Site
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.tables import TABLES

SITE = Site("year.example")
_ZONE = UTC
_DAYS, _BEFORE = 365, 10
"""Days of a year; how many times fewer hits came in the year before."""
_WEEKEND = 0.7
_CHECKED = 3_000
"""Hits of the day by which the made-up records are checked."""


class Year(NamedTuple):
    """What a folder is filled with."""

    hits: int
    """Those asked for."""
    last: date
    """The year's last day."""
    made: int
    """Hits in both years."""

    @property
    def first(self) -> date:
        """The year's first day."""
        return self.last - timedelta(days=_DAYS - 1)

    @property
    def now(self) -> int:
        """The year's last second, since 1970."""
        return _midnight(self.last) + 86_399


def filled(folder: Path, hits: int) -> Year:
    """Return the year in `folder`, which is filled if it is empty."""
    note = folder / "year.json"
    if note.exists():
        asked, last, made = orjson.loads(note.read_bytes())
        assert asked == hits, f"the folder has a year of {asked} hits; give another folder"
        return Year(asked, date.fromisoformat(last), made)
    assert not folder.exists() or not any(folder.iterdir()), "the folder is not empty"
    last = datetime.now(_ZONE).date() - timedelta(days=1)
    made = _fill(folder / "data", Year(hits, last, 0))
    note.write_bytes(orjson.dumps((hits, last, made)))
    return Year(hits, last, made)


def _fill(data: Path, year: Year) -> int:
    chance, hashes = (np.random.default_rng(seed) for seed in range(2))
    checked = check(draw(chance, _CHECKED), SITE, _midnight(year.last))
    console = Console(stderr=True)
    console.print(
        f"{checked:,} counters of a day are as the real steps count them", highlight=False
    )
    days = [year.last - timedelta(days=ago) for ago in reversed(range(2 * _DAYS))]
    made = 0
    with (
        closing(Store("chdb", data)) as store,
        closing(RawSchema(data, SITE.domain)) as raw,
        progress(console, len(days)) as report,
    ):
        settings = Settings(sites=(SITE,))
        migrate(store, settings.retention, settings.zones, settings.hours)
        for day in days:
            drawn = draw(chance, _hits(year, day))
            _insert(store, drawn, day)
            raw.insert(drawn, _midnight(day), hashes)
            made += len(drawn.hits.time)
            report(day, made)
        _merge(store)
    return made


def _hits(year: Year, day: date) -> int:
    """Return about how many hits come on a day."""
    mean = year.hits / _DAYS if day >= year.first else year.hits / _DAYS / _BEFORE
    weekend = day.weekday() > 4
    return round(mean * (_WEEKEND if weekend else (7 - 2 * _WEEKEND) / 5))


def _insert(store: Store, drawn: Day, day: date) -> None:
    for table, columns in cells(drawn, SITE.domain, _midnight(day)).items():
        store.insert(table, columns, f"{day}-{table.name}")


def _merge(store: Store) -> None:
    """Merge all parts of a month into one, as they are in time; of both schemas."""
    for table in (*(table.name for table in TABLES), *RAW_TABLES):
        store.command(f"OPTIMIZE TABLE {table} FINAL")


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_ZONE).timestamp())
