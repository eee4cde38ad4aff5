"""The class of a device."""

import re

from ingest.anonymize.agent import Agent

_TV = (
    *("smart-tv", "smarttv", "apple tv", "appletv", "android tv", "google tv", "googletv", "hbbtv"),
    *("web0s", "netcast", "viera", "bravia", "vidaa", "crkey", "roku", "inettv", "dlnadoc"),
    *("; aft", "tv safari"),
)
_NEITHER = (
    *("playstation", "nintendo", "xbox", "oculusbrowser", "; quest", "(watch", "watchos"),
    *("qtcarbrowser", "tesla/"),
)
"""What televisions, and what consoles, headsets, watches and cars say of themselves."""

_TABLET = re.compile(r"iPad|Tablet;|PlayBook|Kindle")


def device(agent: Agent, system: str, mobile: str) -> str:
    """Return desktop, mobile, tablet, tv or other.

    `system` is the name of the operating system, `mobile` the hint `Sec-CH-UA-Mobile`: `?1` for a
    browser that wants pages for phones, `?0` for one that does not, which an Android tablet says.
    """
    kind = _kind(agent)
    if mobile == "?1" and kind in ("desktop", "other"):
        return "mobile"
    if mobile == "?0" and kind == "mobile":
        return "tablet" if system == "Android" else "desktop"
    return kind


def _kind(agent: Agent) -> str:
    """Return what the string says.

    `user-agents` knows no televisions, and takes iPads' Chrome and tablets' Firefox for phones and
    some phones for tablets; what it is right about is left to it.
    """
    text = agent.ua_string
    lowered = text.lower()
    if any(word in lowered for word in _TV):
        return "tv"
    if any(word in lowered for word in _NEITHER):
        return "other"
    if _TABLET.search(text):
        return "tablet"
    if agent.is_mobile or "Mobile" in text:
        return "mobile"
    if agent.is_tablet:
        return "tablet"
    return "desktop" if agent.is_pc or "X11" in text else "other"
