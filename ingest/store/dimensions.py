"""What traffic is counted by: THE list of dimensions and of the pairs that may meet."""

from enum import Enum
from itertools import combinations, product
from typing import NamedTuple

OTHER = "(other)"
"""Past the cap of distinct values, or free text that fewer than k visitors share."""
UNKNOWN = "(unknown)"
"""It should be there and could not be told."""
NONE = "(none)"
"""Nothing was sent."""
DIRECT = "Direct"
"""No referrer and no campaign."""
TOTALS = ""
"""The dimension, and the value, of a site's totals in `traffic`."""

PROP_PREFIX = "prop:"
"""A custom property NAME is the dimension `prop:NAME`."""


class Scope(Enum):
    """What a dimension's value belongs to."""

    HIT = "hit"
    HOW = "how they came"
    WHO = "who came"


class Dimension(NamedTuple):
    """A dimension, the scope of its values, and how many distinct ones a site and day may have."""

    name: str
    scope: Scope
    cap: int = 2_000


DIMENSIONS = (
    Dimension("page", Scope.HIT, cap=10_000),
    Dimension("section", Scope.HIT),
    Dimension("hostname", Scope.HIT),
    Dimension("event", Scope.HIT),
    Dimension("goal", Scope.HIT),
    Dimension("channel", Scope.HOW),
    Dimension("source", Scope.HOW),
    Dimension("referrer", Scope.HOW),
    Dimension("utm_source", Scope.HOW),
    Dimension("utm_medium", Scope.HOW),
    Dimension("utm_campaign", Scope.HOW),
    Dimension("utm_content", Scope.HOW),
    Dimension("utm_term", Scope.HOW),
    Dimension("entry_page", Scope.HOW, cap=10_000),
    Dimension("exit_page", Scope.HOW, cap=10_000),
    Dimension("country", Scope.WHO),
    Dimension("region", Scope.WHO),
    Dimension("city", Scope.WHO),
    Dimension("provider", Scope.WHO),
    Dimension("language", Scope.WHO),
    Dimension("browser", Scope.WHO),
    Dimension("browser_version", Scope.WHO),
    Dimension("os", Scope.WHO),
    Dimension("os_version", Scope.WHO),
    Dimension("device", Scope.WHO),
    Dimension("screen", Scope.WHO),
)

PROP_CAP = 2_000
"""Distinct values of one custom property, a site and day."""
PROP_NAMES_CAP = 100
"""Distinct property names, a site and day; a name past it is not counted."""

FREE_TEXT = frozenset({"utm_content", "utm_term"})
"""Dimensions whose values, like those of every `prop:NAME`, are stored once k visitors share them."""

_CROSSED_HIT = ("page", "event", "goal")
_CROSSED_VISIT = (
    "channel",
    "source",
    "utm_campaign",
    "entry_page",
    "country",
    "language",
    "browser",
    "os",
    "device",
)

PAIRS = (*product(_CROSSED_HIT, _CROSSED_VISIT), *combinations(_CROSSED_VISIT, 2))
"""The pairs kept in `crosstabs`, each in the order in which it is stored."""
PAGE_PAIRS = tuple((a, b) for a, b in PAIRS if a == "page")
"""Those of a page with one other dimension."""
Pairs = tuple[tuple[str, str], ...]


def names(scope: Scope) -> tuple[str, ...]:
    """Return the names of a scope's dimensions, in the order of the list."""
    return tuple(dimension.name for dimension in DIMENSIONS if dimension.scope is scope)


def crossed_with(name: str, pairs: Pairs = PAIRS) -> tuple[str, ...]:
    """Return the dimensions that `name` may meet in `crosstabs`, in the order of the list."""
    return tuple(b if a == name else a for a, b in pairs if name in (a, b))
