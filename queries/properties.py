"""The names of the custom properties that events had."""

from collections.abc import Sequence

import orjson

from ingest.settings import Site
from ingest.store.client import Store
from ingest.store.dimensions import PROP_PREFIX
from ingest.store.tables import TRAFFIC
from queries.conditions import Parameters
from queries.run import select
from queries.sql import Statement


async def names_of_properties(store: Store, sites: Sequence[Site]) -> bytes:
    """Return JSON: `{"properties": [NAME, …]}`, those of the most events first."""
    parameters = Parameters()
    domains = parameters.bind("sites", "Array(String)", [site.domain for site in sites])
    prefix = parameters.bind("prefix", "String", PROP_PREFIX)
    text = (
        f"SELECT dimension FROM {TRAFFIC.name} WHERE site IN {domains} "
        f"AND startsWith(dimension, {prefix}) GROUP BY dimension ORDER BY sum(events) DESC, dimension"
    )
    rows = await select(store, Statement(text, parameters.values))
    return orjson.dumps({"properties": [name.removeprefix(PROP_PREFIX) for (name,) in rows]})
