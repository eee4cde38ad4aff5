"""The names of the custom properties that events had."""

from collections.abc import Sequence

import orjson

from ingest.settings import Site, site_name
from ingest.store.client import Store
from ingest.store.dimensions import PROP_PREFIX
from ingest.store.tables import DAYS
from queries.conditions import Parameters
from queries.parameters import read
from queries.request import ALL_SITES, OpenSites
from queries.run import select
from queries.sql import Statement

REQUIRED = ("site_id",)
OPTIONAL = ("key",)


def understand_properties(
    pairs: Sequence[tuple[str, str]], open_sites: OpenSites
) -> tuple[Site, ...]:
    """Return the sites that are asked for, or raise a ProblemError."""
    named = read(pairs, REQUIRED, OPTIONAL)["site_id"].split(",")
    return open_sites([each if each == ALL_SITES else site_name(each) for each in named])


def answer_properties(store: Store, sites: Sequence[Site]) -> bytes:
    """Return JSON: `{"properties": [NAME, …]}`, that of the most events first. Raises StoreError."""
    parameters = Parameters()
    domains = parameters.bind("sites", "Array(String)", [site.domain for site in sites])
    prefix = parameters.bind("prefix", "String", PROP_PREFIX)
    text = (
        f"SELECT dimension FROM {DAYS.name} WHERE site IN {domains} AND "
        f"startsWith(dimension, {prefix}) GROUP BY dimension ORDER BY sum(events) DESC, dimension"
    )
    rows = select(store, Statement(text, parameters.values))
    return orjson.dumps({"properties": [name.removeprefix(PROP_PREFIX) for (name,) in rows]})
