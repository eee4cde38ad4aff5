"""What a URL tells of a hit on a site, read once for all hits with the same URL."""

from functools import lru_cache

import msgspec

from ingest.anonymize.goals import match_goals
from ingest.anonymize.page import Page, read_page
from ingest.anonymize.source import find_source, read_authority
from ingest.settings import Site
from ingest.visit.hit import How, Where

_LONGEST_CACHED = 1_000
"""Characters of a URL worth remembering; longer ones are rare, and could fill the memory."""


class Campaign(msgspec.Struct, frozen=True, eq=False):
    """What of a URL tells how a visit came. Compared by identity: one object for equal ones."""

    host: str
    utm: tuple[str, str, str, str, str]
    click: str


class Landing(msgspec.Struct, frozen=True, eq=False):
    """What a URL tells; its objects are shared."""

    where: Where
    campaign: Campaign
    direct: How
    """How a visit came that has no referrer."""
    goals: tuple[str, ...]
    """Goals that a view of the page reaches."""


def read_landing(url: str, hash_routing: bool, site: Site) -> Landing:
    """Return what `url` tells; `receive` has seen that it is a page's."""
    read = _read_landing if len(url) <= _LONGEST_CACHED else _read_landing.__wrapped__
    return read(url, hash_routing, site)


def read_how(referrer: str, landing: Landing, site: Site) -> How:
    """Return how a visit came that begins there."""
    authority = read_authority(referrer)
    return _how(authority, landing.campaign, site) if authority else landing.direct


@lru_cache(maxsize=10_000)
def _read_landing(url: str, hash_routing: bool, site: Site) -> Landing:
    page = read_page(url, hash_routing, site.query_params)
    if page is None:
        raise ValueError("receive takes no URL that is not a page's")
    campaign = _campaign(page.host, page.utm, page.click)
    where = Where(page.page, page.section, page.host)
    return Landing(where, campaign, _how("", campaign, site), _goals(page, site))


def _goals(page: Page, site: Site) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match_goals(site.goals, page.page, None)))


@lru_cache(maxsize=4_096)
def _campaign(host: str, utm: tuple[str, str, str, str, str], click: str) -> Campaign:
    return Campaign(host, utm, click)


@lru_cache(maxsize=10_000)
def _how(authority: str, campaign: Campaign, site: Site) -> How:
    source = find_source(authority, campaign.host, campaign.utm, campaign.click, site.domain)
    return How(source.channel, source.source, source.referrer, *campaign.utm)
