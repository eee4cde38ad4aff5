"""Send a year of made-up traffic through the real pipeline."""

from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from random import Random

from rich.console import Console

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.database import open_store_beside
from ingest.demo.progress import progress
from ingest.demo.rhythm import DAYS
from ingest.demo.tab import TimedHit
from ingest.demo.traffic import traffic
from ingest.pipeline import Pipeline
from ingest.settings import Settings, Site
from ingest.shipper import Shipper
from ingest.spool.opening import Claim, open_spool
from ingest.spool.spool import Spool
from ingest.store.calendar import bucket
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.visit.keys import Keyring

SEED = 1
_SHIPPED_DAYS = 14
"""Days that wait for ClickHouse at most, so that inserts are few and each is large."""


def fill(settings: Settings, now: float, days: int = DAYS) -> int:
    """Give the first site a history up to `now` (seconds since 1970); return the hits counted.

    A site that has traffic is left as it is, and 0 returned. Raises StoreError, SchemaError or
    SpoolError.
    """
    site = settings.sites[0]
    console = Console()
    with closing(Claim(settings.data)), closing(open_store_beside(settings)) as store:
        migrate(store, settings.retention, settings.zones, settings.hours)
        if _has_traffic(store, site):
            console.print(
                f"{site.domain} has traffic and is left as it is; another --data starts anew",
                highlight=False,
                soft_wrap=True,
            )
            return 0
        return _fill_empty(settings, store, now, days, console)


def _has_traffic(store: Store, site: Site) -> bool:
    query = "SELECT 1 FROM traffic WHERE site = {site:String} LIMIT 1"
    return bool(store.query(query, {"site": site.domain}))


def _fill_empty(settings: Settings, store: Store, now: float, days: int, console: Console) -> int:
    site = settings.sites[0]
    sent = traffic(site, Random(SEED), now, days)  # noqa: S311 (made up, so no cryptography)
    spool, _ = open_spool(settings.data, settings.spool_limit, settings.disk_floor, now)
    shipper = Shipper(spool, store, prepare=lambda: None)
    counted = 0
    with (
        closing(spool),
        closing(Places(bundled_country(), bundled_provider())) as places,
        progress(console, days + 1) as report,
    ):
        pipeline = Pipeline(settings, places, Keyring())
        for day, hits in groupby(sent, lambda hit: bucket(site.timezone, hit[0]).day):
            counted += _count(pipeline, spool, list(hits))
            if len(spool) >= _SHIPPED_DAYS:
                _ship_all(shipper)
            report(day, counted)
        _ship_all(shipper)
    return counted


def _ship_all(shipper: Shipper) -> None:
    while shipper.ship():
        pass


def _count(pipeline: Pipeline, spool: Spool, hits: Sequence[TimedHit]) -> int:
    """Send hits through the steps, each at its own time; return how many were counted."""
    arrivals = [arrival for time, raw in hits for arrival in pipeline.anonymize(raw, time)]
    records, dropped = pipeline.fold(arrivals)
    spool.append(records)
    pipeline.sweep(hits[-1][0])
    return dropped.count(None)
