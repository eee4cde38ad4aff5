"""The tables: the single source of truth about what is stored.

A row of `traffic`, `days` or `crosstabs` is a traffic record. There is no row for a hit, a visit or
a visitor, no identifier, no hash of one, no sketch, and no time finer than an hour.

`days` says by the day of the site's calendar what `traffic` says by its hours, `hour_visitors`
aside: a tenth of the rows, for the many questions that no hour is part of. Hours of all but the
totals are kept for some weeks, days for as long as the site wants.

What the counters of a record say depends on its dimension:

- Totals and visit-wide dimensions (how they came, who came): `visits`, `bounces` and `duration`
  stand at the hour in which the visit began; `pageviews`, `events`, `visitors` and `hour_visitors`
  at the hit's hour, as do `engagement`, `scroll` and `scroll_visits`, which of these only the totals
  have: how long and how far somebody reads is asked of pages. `entries` and `exits` are 0.
  `exit_page` alone holds everything at the hour in which the visit began, because all of it moves
  when the visit goes on to another page.
- `page`, `section`, `hostname`: `visits`, `entries`, `exits`, `bounces`, `duration` at the visit's
  hour, the rest at the hit's. `bounces` and `duration` are those of visits that entered there, so
  they are read against `entries`.
- `event`, `goal`, `prop:NAME`: `pageviews` (goals on pages), `events`, `visits` (with at least one)
  and `visitors`; the rest is 0.
- `visitors` counts the first time in the visitor's day, `visits` the first time in the visit.
- `crosstabs` repeats this for a pair: as the hit's dimension if the pair has one, else as a
  visit-wide dimension; `hour_visitors` is 0.

`engagement` is in milliseconds, `duration` in seconds, `scroll` a sum of percents over
`scroll_visits` (a visit's deepest scroll on a page).
"""

from collections.abc import Mapping
from typing import NamedTuple

from ingest.store.cluster import ALONE, Cluster

COUNTERS = (
    "pageviews",
    "events",
    "visitors",
    "hour_visitors",
    "visits",
    "entries",
    "exits",
    "bounces",
    "duration",
    "engagement",
    "scroll",
    "scroll_visits",
)

ATTENTION = ("engagement", "scroll", "scroll_visits")
"""Counters of what is told of pages, sections, hostnames and the site as a whole."""

SCHEMA_VERSION = 2


class Table(NamedTuple):
    """A table: its key columns and counters, each a pair of name and ClickHouse type."""

    name: str
    key: tuple[tuple[str, str], ...]
    counters: tuple[tuple[str, str], ...]
    time: str
    """The key column that ages its rows."""
    partition: str
    """What of the time makes a partition."""
    order: tuple[str, ...]
    """The key in the order in which rows lie: those of one value together, so they compress."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, the key first."""
        return tuple(name for name, _ in self.key + self.counters)

    @property
    def counted(self) -> tuple[str, ...]:
        """The names of its counters."""
        return tuple(name for name, _ in self.counters)


_WORD = "LowCardinality(String)"
_HOUR = "DateTime('UTC') CODEC(Delta, ZSTD(1))"
_DAY = "Date CODEC(Delta, ZSTD(1))"
_COUNT = "Int64 CODEC(T64('bit'), ZSTD(1))"
"""Most counts are small, so T64 leaves most of their bits out."""
_COUNTERS = tuple((name, _COUNT) for name in COUNTERS)

TRAFFIC = Table(
    name="traffic",
    key=(("site", _WORD), ("dimension", _WORD), ("hour", _HOUR), ("value", _WORD)),
    counters=_COUNTERS,
    time="hour",
    partition="toYYYYMM(hour)",
    order=("site", "dimension", "value", "hour"),
)

DAYS = Table(
    name="days",
    key=(("site", _WORD), ("dimension", _WORD), ("day", _DAY), ("value", _WORD)),
    counters=tuple(each for each in _COUNTERS if each[0] != "hour_visitors"),
    time="day",
    partition="toYear(day)",
    order=("site", "dimension", "value", "day"),
)

CROSSTABS = Table(
    name="crosstabs",
    key=(
        ("site", _WORD),
        ("dimension_a", _WORD),
        ("dimension_b", _WORD),
        ("day", _DAY),
        ("value_a", _WORD),
        ("value_b", _WORD),
    ),
    counters=_COUNTERS,
    time="day",
    partition="toYear(day)",
    order=("site", "dimension_a", "dimension_b", "value_b", "value_a", "day"),
)

DROPS = Table(
    name="drops",
    key=(("site", _WORD), ("hour", "DateTime('UTC')"), ("reason", _WORD)),
    counters=(("hits", "UInt64"),),
    time="hour",
    partition="toYYYYMM(hour)",
    order=("site", "hour", "reason"),
)

TABLES = (TRAFFIC, DAYS, CROSSTABS, DROPS)

_DEDUPLICATION_WINDOW = 1_000
"""Inserts whose tokens ClickHouse remembers, a table; a batch is retried long before so many."""


def create(table: Table, cluster: Cluster = ALONE) -> list[str]:
    """Return the statements that create `table`; how long it keeps rows is said by `keep`."""
    columns = ",\n".join(f"  `{name}` {kind}" for name, kind in table.key + table.counters)
    sums = ", ".join(table.counted)
    rest = (
        f"\nPARTITION BY {table.partition}\n"
        f"ORDER BY ({', '.join(table.order)})\n"
        f"SETTINGS non_replicated_deduplication_window = {_DEDUPLICATION_WINDOW}, "
        "fsync_after_insert = 1"
    )
    engine = cluster.engine(f"SummingMergeTree(({sums}))", table.name)
    return cluster.create(table.name, columns, engine, rest=rest)


def keep(
    table: Table,
    retention: Mapping[str, int],
    hours: Mapping[str, int],
    cluster: Cluster = ALONE,
) -> str:
    """Return the statement by which `table` keeps each site's rows for so many days.

    `hours` are the days for which `traffic` keeps what is not in the totals. Rows of a site that is
    not named, because it is no longer configured, are kept for the longest. Where days change, what
    is over by the new ones goes soon, and where they do not, nothing is done.
    """
    days = _days(retention)
    if table is TRAFFIC:
        # A day more than can be asked for: the clock of the oldest may have been put back.
        days = f"if(dimension = '', {days}, {_days(hours)} + 1)"
    return (
        f"ALTER TABLE {cluster.local(table.name)}{cluster.on} "
        f"MODIFY TTL toDateTime({table.time}) + toIntervalDay({days})"
    )


def _days(kept: Mapping[str, int]) -> str:
    sites = ", ".join(f"'{site}'" for site in kept)
    days = ", ".join(map(str, kept.values()))
    return f"transform(site, [{sites}], [{days}], {max(kept.values())})"
