"""What happens on a site now."""

from collections.abc import Mapping, Sequence

import msgspec
import orjson

from ingest.store.client import Store
from ingest.store.live import HOLDS_FOR, LIVE, READ_LIVE
from queries.conditions import Parameters, in_sites
from queries.parameters import read
from queries.pipeline import answer, understand
from queries.plan import Plan
from queries.render import moments
from queries.request import OpenSites
from queries.run import select
from queries.sql import Statement

REQUIRED = ("site_id",)
OPTIONAL = ("key",)
_LISTS = {"pages": "event:page", "sources": "visit:source", "countries": "visit:country"}
_ROWS = 10
_SAYS = {
    "current_visitors": "visitors with a sign of life in the last five minutes",
    "visitors": "visitors who came first today in the hours that the last 30 minutes touch",
    "pageviews": "pageviews of the hours that the last 30 minutes touch",
}


async def understand_realtime(
    pairs: Sequence[tuple[str, str]], open_sites: OpenSites, now: float, store: Store
) -> dict[str, Plan]:
    """Return a plan for each list of the answer, or raise a ProblemError; `now` as for `parse`."""
    sites = read(pairs, REQUIRED, OPTIONAL)["site_id"].split(",")
    document = {
        "site_id": sites if len(sites) > 1 else sites[0],
        "metrics": ["visitors", "pageviews"],
        "date_range": "realtime",
        "pagination": {"limit": _ROWS},
    }
    return {
        name: await understand(
            msgspec.json.encode(document | {"dimensions": [dimension]}), open_sites, now, store
        )
        for name, dimension in _LISTS.items()
    }


def answer_realtime(
    store: Store, plans: Mapping[str, Plan], current: Mapping[str, int] | None
) -> bytes:
    """Return the answer as JSON. Raises StoreError.

    `current` are the visitors of each site now, if there is one collector, which tells them.
    """
    query = next(iter(plans.values())).query
    sites = [site.domain for site in query.sites]
    document = {
        "current_visitors": _here(store, sites, current),
        **{name: _rows(store, plan) for name, plan in plans.items()},
        "meta": {"date_range": moments(query), "timezone": query.zone.key, "definitions": _SAYS},
    }
    return orjson.dumps(document)


def _here(store: Store, sites: list[str], current: Mapping[str, int] | None) -> int | None:
    """Return how many visitors the sites have now; None if no collector has told lately."""
    if current is not None:
        return sum(current.get(site, 0) for site in sites)
    parameters = Parameters()
    where = in_sites(sites, parameters)
    text = (
        f"SELECT count(), sum(visitors) FROM {LIVE.name} "
        f"WHERE {where} AND {LIVE.time} > now() - {HOLDS_FOR} SETTINGS {READ_LIVE}"
    )
    ((reports, visitors),) = select(store, Statement(text, parameters.values))
    return visitors if reports else None


def _rows(store: Store, plan: Plan) -> list[dict[str, object]]:
    found = answer(store, plan)
    return [
        {"value": value, "visitors": visitors, "pageviews": pageviews}
        for value, visitors, pageviews in found.results.rows
    ]
