"""Which traffic records a sum is over."""

from typing import NamedTuple

from ingest.store.tables import CROSSTABS, DAYS, TRAFFIC, Table
from queries.catalogue import Attribute
from queries.filters import Condition
from queries.request import Query


class Records(NamedTuple):
    """The records of up to two attributes, in the order in which they are stored.

    No attribute at all means the site's totals. Filters are on these attributes.
    """

    attributes: tuple[Attribute, ...]
    filters: tuple[Condition, ...] = ()

    def table(self, query: Query) -> Table:
        """Return where those are that answer the query."""
        if len(self.attributes) > 1:
            return CROSSTABS
        return TRAFFIC if query.by_hour else DAYS
