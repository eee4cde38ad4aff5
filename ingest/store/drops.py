"""The closed list of reasons for which a hit is not counted."""

from enum import StrEnum


class DropReason(StrEnum):
    """Why a hit was dropped; told in `x-footfall-dropped` and counted in the table `drops`."""

    OPT_OUT = "opt_out"
    """The visitor sent `Sec-GPC: 1` or `DNT: 1`."""
    ROBOT = "robot"
    """The user agent is a crawler's, a tool's or a headless browser's."""
    NO_BROWSER = "no_browser"
    """Headers that every browser sends were missing."""
    PREFETCH = "prefetch"
    """The page was fetched or rendered ahead; nobody has seen it yet."""
    UNKNOWN_SITE = "unknown_site"
    """The site is not configured here."""
    NO_VISIT = "no_visit"
    """An engagement ping without a running visit to belong to."""
