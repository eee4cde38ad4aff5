"""What a browser's headers tell, read once for all hits with the same headers."""

from functools import lru_cache

import msgspec

from ingest.anonymize.language import language
from ingest.anonymize.robots import refusal
from ingest.anonymize.technology import Technology, technology
from ingest.anonymize.visitor_key import browser_part
from ingest.store.dimensions import UNKNOWN
from ingest.store.drops import DropReason


class Setup(msgspec.Struct, frozen=True, eq=False):
    """What of a browser is counted. Compared by identity: there is one object for equal ones."""

    technology: Technology
    language: str


class Browser(msgspec.Struct, frozen=True, eq=False):
    """Raw: `part` goes into the visitor key."""

    refusal: DropReason | None
    """Why nothing that it sends is a visitor's hit."""
    setup: Setup
    """Of no use if it is refused."""
    part: bytes


_NOTHING = Setup(Technology(*[UNKNOWN] * len(Technology._fields)), UNKNOWN)


@lru_cache(maxsize=8_192)
def read_browser(
    user_agent: str, accept_language: str, brands: str = "", platform: str = "", mobile: str = ""
) -> Browser:
    """Return what these headers tell, each empty if not sent.

    They are `User-Agent`, `Accept-Language`, `Sec-CH-UA`, and its `-Platform` and `-Mobile`.
    """
    refused = refusal(user_agent, accept_language, brands)
    if refused:
        return Browser(refused, _NOTHING, b"")
    setup = _setup(technology(user_agent, brands, platform, mobile), language(accept_language))
    return Browser(None, setup, browser_part(user_agent, accept_language))


@lru_cache(maxsize=4_096)
def _setup(technology: Technology, language: str) -> Setup:
    return Setup(technology, language)
