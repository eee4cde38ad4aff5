"""What `anonymize` hands to `visit`: a hit that says nothing about who sent it.

Its visitor key is a keyed hash that lives in memory and ends in this folder.
"""

from enum import Enum
from typing import NamedTuple

import msgspec

from ingest.settings import Site


class Kind(Enum):
    """What a hit tells."""

    PAGEVIEW = "pageview"
    EVENT = "event"
    ENGAGEMENT = "engagement"


class How(NamedTuple):
    """How a visit came, in the order of the dimensions (entry and exit page are the visit's)."""

    channel: str
    source: str
    referrer: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_content: str
    utm_term: str


class Who(NamedTuple):
    """Who came, in the order of the dimensions."""

    country: str
    region: str
    city: str
    provider: str
    language: str
    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    screen: str


class Where(NamedTuple):
    """Where on the site, in the order of the dimensions."""

    page: str
    section: str
    hostname: str


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An anonymous hit on one site."""

    site: Site
    time: int
    """Seconds since 1970 (UTC)."""
    kind: Kind
    interactive: bool
    """Whether a custom event means that the visitor did something."""
    visitor: int | None
    """64-bit keyed hash under the key of the site's day; None for a hit in the totals alone."""
    visitor_before: int | None
    """The same under the key of the day before, while a visit of that day may still run."""
    where: Where
    how: How
    who: Who
    event: str
    """The custom event's name; empty for other kinds."""
    goals: tuple[str, ...]
    props: tuple[tuple[str, str], ...]
    engaged: int
    """Milliseconds, of an engagement ping."""
    scroll: int
    """Percent, 0 to 100, of an engagement ping."""
