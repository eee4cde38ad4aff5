"""The day of the first record, for queries about all there is."""

from datetime import date

from ingest.store.client import Store
from ingest.store.tables import DAYS
from queries.conditions import Parameters
from queries.request import Query
from queries.run import select
from queries.sql import Statement


def begin(store: Store, query: Query) -> Query:
    """Return the query with its period's first day known. Raises StoreError."""
    if not query.period.is_open:
        return query
    parameters = Parameters()
    sites = parameters.bind("sites", "Array(String)", [site.domain for site in query.sites])
    text = (
        f"SELECT count(), toString(min(day)) FROM {DAYS.name} "
        f"WHERE site IN {sites} AND dimension = ''"
    )
    ((count, first),) = select(store, Statement(text, parameters.values))
    first_day = date.fromisoformat(first) if count else query.period.last
    return query._replace(period=query.period._replace(first=first_day, is_open=False))
