"""Hits that were not counted, by reason."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import orjson

from ingest.store.client import Store
from ingest.store.tables import DROPS
from queries.begin import begin
from queries.catalogue import TIME, Grain
from queries.conditions import Parameters, in_sites, step, when
from queries.parameters import read
from queries.problem import impossible
from queries.render import moments
from queries.request import OpenSites, Query, parse
from queries.run import select
from queries.sql import Statement

REQUIRED = ("site_id", "date_range")
OPTIONAL = ("dimensions", "key")


class Drops(NamedTuple):
    """What is asked, and the columns of the answer."""

    query: Query
    columns: tuple[str, ...]


def understand_drops(pairs: Sequence[tuple[str, str]], open_sites: OpenSites, now: float) -> Drops:
    """Return what URL parameters ask for, or raise a ProblemError; `now` as for `parse`."""
    given = read(pairs, REQUIRED, OPTIONAL)
    days, sites = given["date_range"].split(","), given["site_id"].split(",")
    times = [name.strip() for name in given.get("dimensions", "").split(",") if name.strip()]
    document = {
        "site_id": sites if len(sites) > 1 else sites[0],
        "metrics": ["visitors"],
        "date_range": days if len(days) > 1 else days[0],
        "dimensions": times,
    }
    query = parse(msgspec.json.encode(document), open_sites, now)
    if len(times) > 1 or not all(isinstance(each, Grain) for each in query.dimensions):
        raise impossible("dimensions", f"one time dimension at most, like {TIME} or time:day")
    return Drops(query, (*times, "reason", "hits"))


def answer_drops(store: Store, asked: Drops) -> bytes:
    """Return the answer as JSON. Raises StoreError."""
    query = begin(store, asked.query)
    rows = select(store, _statement(query))
    return orjson.dumps(
        {
            "results": [dict(zip(asked.columns, row, strict=True)) for row in rows],
            "meta": {"date_range": moments(query), "timezone": query.zone.key},
        }
    )


def _statement(query: Query) -> Statement:
    parameters = Parameters()
    keys = [step(query.grain, DROPS, query, parameters)] if query.grain else []
    columns = ", ".join([*keys, "reason"])
    where = [in_sites([site.domain for site in query.sites], parameters)]
    where += when(DROPS, query, parameters)
    text = (
        f"SELECT {columns}, sum(hits) AS total\nFROM {DROPS.name}\n"
        f"WHERE {' AND '.join(where)}\n"
        f"GROUP BY {columns}\nORDER BY {', '.join([*keys, 'total DESC', 'reason'])}"
    )
    return Statement(text, parameters.values)
