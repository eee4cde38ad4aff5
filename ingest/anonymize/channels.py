"""Channels: the default channel group of GA4, and AI assistants.

https://support.google.com/analytics/answer/9756891 gives the rules for manual traffic; the first
that holds counts. Its lists of search, social, video and shopping sites are `sources.json` here.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.store.dimensions import DIRECT

_SHOPPING = re.compile(r"(?:[^a-df-z]|^)shop|shopping")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset(
    {"social", "social-network", "social-media", "sm", "social network", "social media"}
)
_EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
_REFERRAL = frozenset({"referral", "app", "link"})


class Clues(NamedTuple):
    """What the rules look at; empty where nothing was sent."""

    source: str
    """`utm_source`."""
    kind: str
    """What the source is, if it is well known."""
    medium: str
    campaign: str
    is_referred: bool

    def in_lower_case(self) -> "Clues":
        """Return the clues as the rules compare them."""
        texts = (self.source.lower(), self.kind, self.medium.lower(), self.campaign.lower())
        return Clues(*texts, self.is_referred)

    @property
    def is_paid(self) -> bool:
        """GA4's `^(.*cp.*|ppc|retargeting|paid.*)$`."""
        medium = self.medium
        return "cp" in medium or medium in ("ppc", "retargeting") or medium.startswith("paid")

    @property
    def is_shopping(self) -> bool:
        """A shopping site, or GA4's `^(.*(([^a-df-z]|^)shop|shopping).*)$` in the campaign."""
        return self.kind == "shopping" or _SHOPPING.search(self.campaign) is not None


_RULES: tuple[tuple[str, Callable[[Clues], bool]], ...] = (
    (DIRECT, lambda c: not (c.source or c.kind or c.medium or c.campaign or c.is_referred)),
    ("Cross-network", lambda c: "cross-network" in c.campaign),
    ("Paid Shopping", lambda c: c.is_paid and c.is_shopping),
    ("Paid Search", lambda c: c.is_paid and c.kind == "search"),
    ("Paid Social", lambda c: c.is_paid and c.kind == "social"),
    ("Paid Video", lambda c: c.is_paid and c.kind == "video"),
    ("Display", lambda c: c.medium in _DISPLAY),
    ("Paid Other", lambda c: c.is_paid),
    ("AI Assistants", lambda c: c.kind == "ai"),
    ("Organic Shopping", lambda c: c.is_shopping),
    ("Organic Social", lambda c: c.kind == "social" or c.medium in _SOCIAL),
    ("Organic Video", lambda c: c.kind == "video" or "video" in c.medium),
    ("Organic Search", lambda c: c.kind == "search" or c.medium == "organic"),
    ("Referral", lambda c: c.medium in _REFERRAL),
    ("Email", lambda c: c.kind == "email" or not _EMAIL.isdisjoint((c.source, c.medium))),
    ("Affiliates", lambda c: c.medium == "affiliate"),
    ("Audio", lambda c: c.kind == "audio" or c.medium == "audio"),
    ("SMS", lambda c: "sms" in (c.source, c.medium)),
    (
        "Mobile Push Notifications",
        lambda c: (
            c.medium.endswith("push")
            or "mobile" in c.medium
            or "notification" in c.medium
            or c.source == "firebase"
        ),
    ),
)

_OTHERWISE = "Referral"
"""GA4 leaves the rest unassigned; somebody sent these visits all the same."""


def channel(clues: Clues) -> str:
    """Return the channel of a visit."""
    lowered = clues.in_lower_case()
    return next((name for name, holds in _RULES if holds(lowered)), _OTHERWISE)
