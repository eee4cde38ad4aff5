"""The way of a query, step by step."""

from ingest.store.client import Store
from queries.begin import begin
from queries.compare import other_plan
from queries.guard import tell_withheld
from queries.plan import choose
from queries.render import render
from queries.request import OpenSites, parse
from queries.run import run
from queries.sql import write


async def answer(
    body: bytes, open_sites: OpenSites, now: float, store: Store, behind: int | None = None
) -> bytes:
    """Return the JSON that answers the body of a request, or raise a ProblemError.

    `open_sites` finds sites by their domains or refuses them; `now` is in seconds since 1970
    (UTC); `behind` is how many seconds ClickHouse is behind the collector, if that is known.
    """
    query = await begin(store, parse(body, open_sites, now))
    plan = choose(query)
    other = other_plan(plan)
    statements = write(plan, other)
    results = await run(store, statements)
    withheld = tell_withheld(plan, results)
    return render(plan, results, withheld, other, behind)
