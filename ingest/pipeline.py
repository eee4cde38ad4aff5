"""The way of a hit. Reading this file tells the whole story.

| step      | in       | out                  | folder             |                               |
|-----------|----------|----------------------|--------------------|-------------------------------|
| receive   | bytes    | RawHit or Problem    | `ingest/receive`   | wire formats, trusted proxies |
| anonymize | RawHit   | Hit or DropReason    | `ingest/anonymize` | raw data ends here            |
| visit     | Hit      | Ledger or DropReason | `ingest/visit`     | the visitor key ends here     |
| fold      | Ledger   | Records              | `ingest/fold`      | cells, caps, the crowd rule   |
| spool     | Records  | on disk, synced      | `ingest/spool`     | now the hit is acknowledged   |
| store     | a batch  | ClickHouse           | `ingest/store`     | exactly once                  |

Hits that arrive together are one group from `visit` to `spool`: they share a sync.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.anonymize.anonymizer import Anonymizer
from ingest.anonymize.place import Places
from ingest.anonymize.raw_hit import RawHit
from ingest.fold.crowd import Crowd
from ingest.fold.fold import fold
from ingest.fold.ledger import Ledger
from ingest.fold.symbols import Symbols
from ingest.settings import Settings, Site
from ingest.spool.spool import Spool
from ingest.store.calendar import bucket
from ingest.store.client import Store
from ingest.store.drops import DropReason
from ingest.store.records import Records
from ingest.store.writer import write
from ingest.visit.hit import Hit
from ingest.visit.keys import Keyring
from ingest.visit.visits import Visits

_UTC = ZoneInfo("UTC")
BATCH_PARTS = 2_000
"""Spooled parts that are shipped together, at most."""


class Arrival(NamedTuple):
    """What `anonymize` made of a raw hit for one of its sites."""

    site: Site | None
    """None for a site that is not configured here."""
    time: int
    outcome: Hit | DropReason


class Pipeline:
    """The steps between `receive` and ClickHouse, with what they remember. Not thread-safe."""

    def __init__(self, settings: Settings, places: Places, keys: Keyring) -> None:
        self._sites: Mapping[str, Site] = {site.domain: site for site in settings.sites}
        self._anonymizer = Anonymizer(settings, places, keys)
        self._symbols = Symbols(settings.caps)
        self._crowd = Crowd(self._symbols, settings.waiting_cells)
        self.visits = Visits(self._symbols, self._crowd, keys)

    def anonymize(self, raw: RawHit, now: int) -> list[Arrival]:
        """Return what a raw hit at `now` (seconds since 1970) is, for each of its sites."""
        return [self._arrival(raw, domain, now) for domain in raw.domains]

    def fold(self, arrivals: Iterable[Arrival]) -> tuple[Records, list[DropReason | None]]:
        """Visit and fold a group; return its records, and for each arrival why it was dropped."""
        ledger = Ledger()
        dropped = [self._count(arrival, ledger) for arrival in arrivals]
        return fold(ledger, self._symbols, self._crowd), dropped

    def _arrival(self, raw: RawHit, domain: str, now: int) -> Arrival:
        site = self._sites.get(domain)
        outcome = self._anonymizer(raw, site, now) if site else DropReason.UNKNOWN_SITE
        return Arrival(site, now, outcome)

    def _count(self, arrival: Arrival, ledger: Ledger) -> DropReason | None:
        site, time, outcome = arrival
        if isinstance(outcome, DropReason):
            dropped: DropReason | None = outcome
        else:
            dropped = self.visits.count(outcome, ledger)
        if dropped:
            hour = bucket(site.timezone if site else _UTC, time).hour
            ledger.drops[site, hour, dropped] += 1
        return dropped


def ship(spool: Spool, store: Store) -> bool:
    """Bring the oldest spooled records to ClickHouse; return whether there were any."""
    batch = spool.next_batch(BATCH_PARTS)
    if batch is None:
        return False
    write(store, batch.records, batch.token)
    spool.remove(batch)
    return True
