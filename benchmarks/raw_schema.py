"""The usual raw schema: a row for each event, with a hash of its visitor, and sessions beside.

After Plausible's `events_v2` and `sessions_v2` (plausible/analytics, `priv/ingest_repo`), in its
sorting key, types and codecs, with three things in its favor: a language and a provider, which it
does not have, are LowCardinality; a session is one row and not three of which two cancel out; and
a site is not a number but a LowCardinality(String), as in our tables.
"""

from collections.abc import Mapping
from pathlib import Path

import clickhouse_connect
import numpy as np
import pyarrow as pa
from made_up_day import EVENT, PING, VIEW, Day
from numpy.random import Generator
from vocabulary import EVENTS, VALUES, Codes

from ingest.store.client import connect_options
from ingest.store.dimensions import DIRECT, NONE, UNKNOWN

TABLES = ("events", "sessions")
_WORD, _TEXT = "LowCardinality(String)", "String CODEC(ZSTD(3))"
_TIME = "DateTime('UTC') CODEC(Delta(4), LZ4)"
_ATTRIBUTES = {
    "channel": _WORD,
    "source": _TEXT,
    "referrer": _TEXT,
    "utm_source": _TEXT,
    "utm_medium": _TEXT,
    "utm_campaign": _TEXT,
    "utm_content": _TEXT,
    "utm_term": _TEXT,
    "country": _WORD,
    "region": _WORD,
    "city": "UInt32",
    "provider": _WORD,
    "language": _WORD,
    "browser": _WORD,
    "browser_version": _WORD,
    "os": _WORD,
    "os_version": _WORD,
    "screen": _WORD,
}
"""Of a session; they are in its events too."""
_OWN_TYPES = {
    "events": {
        "site": _WORD,
        "name": _WORD,
        "visitor": "UInt64",
        "session": "UInt64",
        "timestamp": _TIME,
        "hostname": _TEXT,
        "pathname": _TEXT,
        "engagement_time": "UInt32",
        "scroll_depth": "UInt8",
    },
    "sessions": {
        "site": _WORD,
        "visitor": "UInt64",
        "session": "UInt64",
        "start": _TIME,
        "timestamp": _TIME,
        "hostname": _TEXT,
        "entry_page": _TEXT,
        "exit_page": _TEXT,
        "is_bounce": "UInt8",
        "pageviews": "Int32",
        "events": "Int32",
        "duration": "UInt32",
    },
}
_KEYS = {
    "events": ("site, toDate(timestamp), name, visitor", "timestamp"),
    "sessions": ("site, toDate(start), visitor", "session"),
}
_AGES = {"events": "timestamp", "sessions": "start"}
_NAMES = np.array(["pageview", *EVENTS, "engagement"], dtype=object)
_NOTHING = frozenset({NONE, DIRECT, UNKNOWN})


class RawSchema:
    """Both tables, in the same database as the traffic records."""

    def __init__(self, data: Path, site: str) -> None:
        """`data` is the folder that the store has, too; nothing else than this process uses it."""
        self._client = clickhouse_connect.get_client(**connect_options("chdb", data))
        self._site = site
        for table in TABLES:
            self._client.command(_create(table))

    def insert(self, day: Day, midnight: int, hashes: Generator) -> None:
        """Add a day's rows. A visitor's hash is a new one each day, as Plausible's."""
        visitors = hashes.integers(0, 1 << 64, day.visitor.max() + 1, np.uint64)[day.visitor]
        sessions = hashes.integers(0, 1 << 64, len(day.visitor), np.uint64)
        self._client.insert_arrow("events", self._events(day, midnight, visitors, sessions))
        self._client.insert_arrow("sessions", self._sessions(day, midnight, visitors, sessions))

    def close(self) -> None:
        """Let the folder go."""
        self._client.close()

    def _events(self, day: Day, midnight: int, visitors: Codes, sessions: Codes) -> pa.Table:
        hits = day.hits
        last = len(_NAMES) - 1
        name = np.select([hits.kind == VIEW, hits.kind == PING], [0, last], hits.event + 1)
        columns = {
            "site": _texts(np.array([self._site], object), hits.kind * 0),
            "name": _texts(_NAMES, name),
            "visitor": pa.array(visitors[hits.visit]),
            "session": pa.array(sessions[hits.visit]),
            "timestamp": _times(midnight + hits.time),
            "hostname": _texts(VALUES["hostname"], hits.kind * 0),
            "pathname": _texts(VALUES["page"], hits.page),
            "engagement_time": pa.array(hits.engaged.astype(np.uint32)),
            "scroll_depth": pa.array(hits.scroll.astype(np.uint8)),
        }
        wide = {dimension: codes[hits.visit] for dimension, codes in day.wide.items()}
        return pa.table(columns | _attributes(wide))

    def _sessions(self, day: Day, midnight: int, visitors: Codes, sessions: Codes) -> pa.Table:
        kind, visit = day.hits.kind, day.hits.visit
        columns = {
            "site": _texts(np.array([self._site], object), day.visitor * 0),
            "visitor": pa.array(visitors),
            "session": pa.array(sessions),
            "start": _times(midnight + day.start),
            "timestamp": _times(midnight + day.start + day.duration),
            "hostname": _texts(VALUES["hostname"], day.visitor * 0),
            "entry_page": _texts(VALUES["entry_page"], day.wide["entry_page"]),
            "exit_page": _texts(VALUES["exit_page"], day.exit_page),
            "is_bounce": pa.array(day.bounced.astype(np.uint8)),
            "pageviews": pa.array(np.bincount(visit, kind == VIEW).astype(np.int32)),
            "events": pa.array(np.bincount(visit, kind <= EVENT).astype(np.int32)),
            "duration": pa.array(day.duration.astype(np.uint32)),
        }
        return pa.table(columns | _attributes(day.wide))


def _create(table: str) -> str:
    types = _OWN_TYPES[table] | _ATTRIBUTES
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    key, rest = _KEYS[table]
    return (
        f"CREATE TABLE IF NOT EXISTS {table} ({columns}) ENGINE = MergeTree "
        f"PARTITION BY toYYYYMM({_AGES[table]}) PRIMARY KEY ({key}) ORDER BY ({key}, {rest})"
    )


def _attributes(wide: Mapping[str, Codes]) -> dict[str, pa.Array]:
    """Return the columns of a session's attributes; what is not known is empty there."""
    columns = {}
    for name, kind in _ATTRIBUTES.items():
        if kind == "UInt32":
            columns[name] = pa.array(wide[name].astype(np.uint32))
            continue
        values = ["" if value in _NOTHING and name != "source" else value for value in VALUES[name]]
        columns[name] = _texts(np.array(values, object), wide[name])
    return columns


def _texts(values: np.ndarray, codes: Codes) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values))


def _times(seconds: Codes) -> pa.Array:
    return pa.array(seconds.astype(np.uint32))
