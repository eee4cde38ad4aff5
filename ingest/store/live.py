"""The table `live`: how many visitors each site has now, as each collector told last.

It is in ClickHouse's memory alone, never on its disk, and has one row a site and collector.
"""

from collections.abc import Mapping

from ingest.store.client import Store
from ingest.store.cluster import Cluster
from ingest.store.tables import Table

LIVE = Table(
    name="live",
    key=(("report", "String"), ("site", "LowCardinality(String)")),
    counters=(("visitors", "UInt32"),),
    time="reported",
    partition="",
    order=("report",),
)
"""`report` names site and collector; `reported` is when the collector told, whoever came or not."""

REPORT_EVERY = 5.0
"""Seconds."""
HOLDS_FOR = 30
"""Seconds after which a report is of no account, because its collector is gone."""
READ_LIVE = "load_balancing = 'in_order', prefer_localhost_replica = 0"
"""Settings of a statement that reads it: the replica that was told is the one to ask."""


def create_live(cluster: Cluster) -> list[str]:
    """Return the statements that create the table. A later row of a report replaces the earlier."""
    columns = "".join(f"  `{name}` {kind},\n" for name, kind in LIVE.key + LIVE.counters)
    columns += f"  `{LIVE.time}` DateTime('UTC') DEFAULT now()"
    settings = "\nSETTINGS persistent = 0, join_any_take_last_row = 1"
    return cluster.create(LIVE.name, columns, "Join(ANY, LEFT, report)", rest=settings)


def report(store: Store, collector: str, visitors: Mapping[str, int]) -> None:
    """Tell how many visitors sites have now. Raises StoreError."""
    reports = [f"{site} {collector}" for site in visitors]
    store.insert(LIVE, [reports, list(visitors), list(visitors.values())], token="")
