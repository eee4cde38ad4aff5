"""What happens on a site now."""

from collections.abc import Mapping, Sequence

import msgspec
import orjson

from ingest.store.client import Store
from queries.parameters import read
from queries.pipeline import answer, understand
from queries.plan import Plan
from queries.render import moments
from queries.request import OpenSites

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


async def answer_realtime(
    plans: Mapping[str, Plan], store: Store, current: Mapping[str, int] | None
) -> bytes:
    """Return the answer as JSON, or raise a ProblemError.

    `current` has the visitors that are there now, by site; None if no collector tells.
    """
    query = next(iter(plans.values())).query
    here = None
    if current is not None:
        here = sum(current.get(site.domain, 0) for site in query.sites)
    document = {
        "current_visitors": here,
        **{name: await _rows(plan, store) for name, plan in plans.items()},
        "meta": {"date_range": moments(query), "timezone": query.zone.key, "definitions": _SAYS},
    }
    return orjson.dumps(document)


async def _rows(plan: Plan, store: Store) -> list[dict[str, object]]:
    found = await answer(plan, store)
    return [
        {"value": value, "visitors": visitors, "pageviews": pageviews}
        for value, visitors, pageviews in found.results.rows
    ]
