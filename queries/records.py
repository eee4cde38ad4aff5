"""Which traffic records a sum is over."""

from typing import NamedTuple

from ingest.store.tables import CROSSTABS, TRAFFIC, Table
from queries.catalogue import Attribute
from queries.filters import Condition


class Records(NamedTuple):
    """The records of up to two attributes, in the order in which they are stored.

    No attribute at all means the site's totals. Filters are on these attributes.
    """

    attributes: tuple[Attribute, ...]
    filters: tuple[Condition, ...] = ()

    @property
    def table(self) -> Table:
        """Where they are."""
        return CROSSTABS if len(self.attributes) > 1 else TRAFFIC
