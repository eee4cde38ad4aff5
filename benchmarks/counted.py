"""Whether every hit that was acknowledged is in the store, once."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from stream import DOMAIN, ENGAGED

from ingest.store.client import Store

_TOTALS = """
SELECT sum(pageviews), sum(engagement) FROM traffic
WHERE site = {site:String} AND dimension = ''
"""
_DROPS = "SELECT sum(hits) FROM drops WHERE site = {site:String}"


class Sent(NamedTuple):
    """Hits, as collector and sender saw them."""

    acknowledged: int
    """By the collector's own count."""
    seen: int
    """Acknowledgements that the sender has read."""
    unread: int
    """Hits that were on their way when the sender hung up, at most."""


class Counted(NamedTuple):
    """Hits in the store."""

    pageviews: int
    pings: int
    drops: int
    rest: int
    """Milliseconds of engagement that no whole ping explains."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.pageviews + self.pings + self.drops


def read(data: Path) -> Counted:
    """Return what is counted in a data folder that no process uses.

    A ping leaves no count of its own, but all say the same time, so its sum tells their number.
    """
    with closing(Store("chdb", data)) as store:
        [(pageviews, engaged)] = store.query(_TOTALS, {"site": DOMAIN})
        [(drops,)] = store.query(_DROPS, {"site": DOMAIN})
    pings, rest = divmod(int(engaged), ENGAGED)
    return Counted(int(pageviews), pings, int(drops), rest)


def is_exact(counted: Counted, sent: Sent) -> bool:
    """Whether the store, the collector's own count and the sender agree."""
    seen, unread = sent.seen, sent.unread
    agree = counted.total == sent.acknowledged and not counted.rest
    return agree and seen <= sent.acknowledged <= seen + unread


def report(counted: Counted, sent: Sent) -> Iterator[str]:
    """Yield lines that show the sum."""
    yield f"read by the sender  {sent.seen:12,} acknowledgements, up to {sent.unread:,} left unread"
    yield f"acknowledged        {sent.acknowledged:12,} hits"
    yield f"counted             {counted.total:12,} = {counted.pageviews:,} page views +"
    yield f"{'':35}{counted.pings:,} pings + {counted.drops:,} drops"
    yield "exact" if is_exact(counted, sent) else "NOT EXACT"
