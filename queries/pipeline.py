"""The way of a query, step by step."""

from collections.abc import Callable

from ingest.settings import Site
from ingest.store.client import Store
from queries.guard import tell_withheld
from queries.plan import choose
from queries.render import render
from queries.request import parse
from queries.run import run
from queries.sql import write


async def answer(body: bytes, open_site: Callable[[str], Site], now: float, store: Store) -> bytes:
    """Return the JSON that answers the body of a request, or raise a ProblemError.

    `open_site` finds a site by its domain or refuses it; `now` is in seconds since 1970 (UTC).
    """
    query = parse(body, open_site, now)
    plan = choose(query)
    statements = write(plan)
    results = await run(store, statements)
    withheld = tell_withheld(plan, results)
    return render(plan, results, withheld)
