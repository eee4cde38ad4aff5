"""Where a visit came from."""

import re
from typing import NamedTuple

from ingest.anonymize.channels import Clues, channel
from ingest.anonymize.host import read_host
from ingest.anonymize.identifiers import mask_text
from ingest.anonymize.known_sources import Known, find_host, find_name
from ingest.store.dimensions import DIRECT, NONE, UNKNOWN

_REFERRER = re.compile(r"\s*(?:https?|android-app)://([^/?#\\]+)", re.IGNORECASE)
_LONGEST_REFERRER = 700
"""Characters looked at: a scheme and the longest authority that is read."""

_LOCAL = re.compile(r"[^.]*|.*\.(?:local|localhost|localdomain|lan|home|internal|intranet|corp)")
"""Names of machines in somebody's own network."""

_DIRECT_ALIASES = ("direct", "(direct)", "none", "(none)")

_CLICKS = {
    "facebook": ("Facebook", ""),  # on every link out of Meta's apps, paid or not
    "google": ("Google", "cpc"),
    "google display": ("Google", "display"),
    "linkedin": ("LinkedIn", "cpc"),
    "microsoft": ("Bing", "cpc"),
    "pinterest": ("Pinterest", "cpc"),
    "reddit": ("Reddit", "cpc"),
    "snapchat": ("Snapchat", "cpc"),
    "tiktok": ("TikTok", "cpc"),
    "x": ("X", "cpc"),
    "yandex": ("Yandex", "cpc"),
}
"""The source and the medium that a network's click number speaks for."""


class Source(NamedTuple):
    """How a visit came, in the order of the dimensions; `Direct` where nothing tells."""

    channel: str
    source: str
    referrer: str


def read_authority(referrer: str) -> str:
    """Return the authority of a referrer, such as `user@host:port`.

    Empty if it is no http(s) or android-app URL.
    """
    authority = _REFERRER.match(referrer[:_LONGEST_REFERRER])
    return authority[1] if authority else ""


def find_source(
    authority: str, own_host: str, utm: tuple[str, str, str, str, str], click: str, domain: str
) -> Source:
    """Return where a visit came from that begins on `own_host` of the site `domain`.

    Of the referrer, whose authority this is, only the host is kept. The site itself, its subdomains
    and the page's own host are no source. The source is `utm_source`, else the network of a click
    number, else the referrer; well-known ones by name. The host is `(unknown)` if it is an address
    or a machine in a private network, and its labels that look like tokens are `:id`.
    """
    host = _foreign_host(authority, own_host, domain)
    sent, medium, campaign, content, term = ("" if text == NONE else text for text in utm)
    name = _tagged_source(sent)
    known, click_medium = _known(name, click, host)
    is_campaign = bool(name or medium or campaign or content or term)
    source = known.name or name or host or (UNKNOWN if is_campaign else DIRECT)
    clues = Clues(name, known.kind, medium or click_medium, campaign, bool(host))
    return Source(channel(clues), source, host or DIRECT)


def _tagged_source(name: str) -> str:
    """Return what `utm_source` or `ref` names: as sent, the host of a URL, or nothing."""
    url = _REFERRER.match(name)
    if url:
        return read_host(url[1]) or ""
    return "" if name.lower() in _DIRECT_ALIASES else name


def _foreign_host(authority: str, own_host: str, domain: str) -> str:
    """Return the host of another site as it is stored; empty if there was none."""
    if not authority:
        return ""
    host = (read_host(authority) or UNKNOWN).removeprefix("www.")
    own = (own_host.removeprefix("www."), domain.partition(":")[0])
    if host in own or host.endswith(f".{own[1]}"):
        return ""
    return UNKNOWN if _LOCAL.fullmatch(host) else ".".join(map(mask_text, host.split(".")))


def _known(name: str, click: str, host: str) -> tuple[Known, str]:
    """Return the known source, and the medium if a click number tells one."""
    if name:
        return find_name(name), ""
    source, medium = _CLICKS.get(click, ("", ""))
    if medium or (source and not host):
        return find_name(source), medium
    return find_host(host), ""
