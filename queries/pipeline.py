"""The way of a query, step by step."""

from typing import NamedTuple

from ingest.settings import PROFILES, Profile
from ingest.store.client import Store
from queries.begin import begin
from queries.compare import check_comparison, other_plan
from queries.guard import tell_withheld
from queries.plan import Plan, choose
from queries.request import OpenSites, parse
from queries.run import Results, ask, run
from queries.sql import write


class Answer(NamedTuple):
    """What the store knows about a plan; `render` and others write it down."""

    plan: Plan
    results: Results
    withheld: dict[str, object] | None
    other: Plan | None
    """The plan for the period to compare with."""


async def understand(
    body: bytes,
    open_sites: OpenSites,
    now: float,
    store: Store,
    profile: Profile = PROFILES["standard"],
) -> Plan:
    """Return the plan for the body of a request, or raise a ProblemError.

    `open_sites` finds sites by their domains or refuses them; `now` is in seconds since 1970
    (UTC). The store is asked for its first day, if the query is about all there is. The profile
    tells which attributes may meet.
    """
    query = parse(body, open_sites, now)
    if query.period.is_open:
        query = await ask(store, begin, query)
    plan = choose(query, profile)
    check_comparison(plan)
    return plan


def answer(store: Store, plan: Plan) -> Answer:
    """Return what the store answers. Raises StoreError."""
    other = other_plan(plan)
    statements = write(plan, other)
    results = run(store, statements)
    withheld = tell_withheld(plan, results)
    return Answer(plan, results, withheld, other)
