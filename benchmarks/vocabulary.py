"""The values that the made-up year is made of, and how often each comes.

A few are frequent and most are rare (Zipf's law), as on real sites: 2,000 pages, 50 sources, 30
campaigns, 100 countries with 5 providers each, 40 languages, 12 browsers of 5 versions each.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ingest.store.dimensions import DIRECT, NONE, UNKNOWN

Codes = NDArray[np.int64]
"""Places in a list of values."""
Texts = NDArray[Any]
"""A list of values; numpy takes many of them by their places at once."""

PAGES, SECTIONS = 2_000, 8
_COUNTRIES, PROVIDERS_EACH, _LANGUAGES, VERSIONS = 100, 5, 40, 5
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

EVENTS = ("Signup", "Order", "Download", "Video play", "Share")
GOALS = EVENTS[:2]
"""The first two events are goals, of the same names."""


class Way(NamedTuple):
    """How a visit came, in the order of the dimensions."""

    channel: str
    source: str
    referrer: str
    utm_source: str = NONE
    utm_medium: str = NONE
    utm_campaign: str = NONE
    utm_content: str = NONE
    utm_term: str = NONE


class System(NamedTuple):
    """An operating system with what runs on it, the most frequent first."""

    name: str
    device: str
    share: float
    browsers: tuple[str, ...]
    screens: tuple[str, ...]


SYSTEMS = (
    System("Android", "mobile", 0.34, ("Chrome", "Samsung Internet", "Firefox"), ("Mobile",)),
    System("Windows", "desktop", 0.28, ("Chrome", "Edge", "Firefox", "Opera"), ("Laptop", "Wide")),
    System("iOS", "mobile", 0.22, ("Safari", "Chrome", "Google App"), ("Mobile",)),
    System("macOS", "desktop", 0.10, ("Safari", "Chrome", "Firefox"), ("Desktop", "Laptop")),
    System("iPadOS", "tablet", 0.03, ("Safari", "Chrome"), ("Tablet",)),
    System("Linux", "desktop", 0.02, ("Firefox", "Chrome", "Brave", "Vivaldi"), ("Desktop",)),
    System("Tizen", "tv", 0.01, ("TV browser", "UC Browser", "QQ Browser"), ("Wide",)),
)


def zipf(count: int, power: float = 1.0) -> NDArray[np.float64]:
    """Return the chances of the first, the second and so on to come up, added up."""
    chances = np.arange(1, count + 1, dtype=float) ** -power
    return shares(chances)


def shares(weights: Iterable[float]) -> NDArray[np.float64]:
    """Return weights added up, to 1."""
    sums = np.cumsum(np.fromiter(weights, float))
    return sums / sums[-1]


def pick(chance: Generator, added_up: NDArray[np.float64], count: int) -> Codes:
    """Draw so many places by their chances."""
    return np.searchsorted(added_up, chance.random(count), side="right")


def _texts(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=object)


def _ways() -> list[Way]:
    hosts = [f"blog-{number}.example.org" for number in range(36)]
    return [
        Way(DIRECT, DIRECT, DIRECT),
        Way("Organic Search", "Google", "google.com"),
        *(_searched(name) for name in ("Bing", "DuckDuckGo", "Yahoo!", "Ecosia", "Baidu")),
        *(_social(name) for name in ("Facebook", "Reddit", "X", "LinkedIn", "Instagram")),
        Way("AI Assistants", "ChatGPT", "chatgpt.com"),
        Way("AI Assistants", "Perplexity", "perplexity.ai"),
        *(Way("Referral", host, host) for host in hosts),
        *(_campaign(number) for number in range(30)),
    ]


def _searched(name: str) -> Way:
    return Way("Organic Search", name, f"{name.lower().strip('!')}.com")


def _social(name: str) -> Way:
    return Way("Organic Social", name, f"{name.lower()}.com")


def _campaign(number: int) -> Way:
    campaign = f"2026-campaign-{number}"
    if number % 2:
        return Way("Email", "Newsletter", DIRECT, "newsletter", "email", campaign)
    return Way("Paid Search", "Google", "google.com", "google", "cpc", campaign)


def _country(number: int) -> str:
    return _LETTERS[number // 26] + _LETTERS[number % 26]


WAYS = _ways()
_PLAIN = len(WAYS) - 30
_CAMPAIGNS = 0.1
"""Of the visits."""

SYSTEM_SHARES = shares(system.share for system in SYSTEMS)
PAGE_SHARES = zipf(PAGES, 0.9)
COUNTRY_SHARES = zipf(_COUNTRIES, 1.1)
PROVIDER_SHARES = zipf(PROVIDERS_EACH)
VERSION_SHARES = zipf(VERSIONS, 1.5)
WAY_SHARES = np.concatenate(
    ((1 - _CAMPAIGNS) * zipf(_PLAIN), 1 - _CAMPAIGNS + _CAMPAIGNS * zipf(len(WAYS) - _PLAIN))
)

BROWSERS = tuple(dict.fromkeys(name for system in SYSTEMS for name in system.browsers))
SCREENS = tuple(dict.fromkeys(name for system in SYSTEMS for name in system.screens))
_DEVICES = tuple(dict.fromkeys(system.device for system in SYSTEMS))

PAGE_NAMES = [
    f"/section-{number % SECTIONS}/an-article-on-subject-{number}" for number in range(PAGES)
]


def _versions(names: Sequence[str]) -> Texts:
    return _texts(f"{name} {140 - number}" for name in names for number in range(VERSIONS))


def _by_name(values: Sequence[str]) -> tuple[Texts, Codes]:
    """Return the distinct values, and the place of each value among them."""
    distinct = list(dict.fromkeys(values))
    return _texts(distinct), np.array([distinct.index(value) for value in values])


_WAYS = {name: _by_name([getattr(way, name) for way in WAYS]) for name in Way._fields}
CODES_OF_WAYS = {name: codes for name, (_, codes) in _WAYS.items()}
"""By dimension: the place of each way's value in VALUES."""

VALUES: dict[str, Texts] = {
    "": _texts([""]),
    "page": _texts(PAGE_NAMES),
    "entry_page": _texts(PAGE_NAMES),
    "exit_page": _texts(PAGE_NAMES),
    "section": _texts(f"section-{number}" for number in range(SECTIONS)),
    "hostname": _texts(["year.example"]),
    "event": _texts(EVENTS),
    "goal": _texts(GOALS),
    **{name: values for name, (values, _) in _WAYS.items()},
    "country": _texts(map(_country, range(_COUNTRIES))),
    "region": _texts([UNKNOWN]),
    "city": _texts([UNKNOWN]),
    "provider": _texts(
        f"Provider {_country(number // PROVIDERS_EACH)} {number % PROVIDERS_EACH}"
        for number in range(_COUNTRIES * PROVIDERS_EACH)
    ),
    "language": _texts(_country(number).lower() for number in range(_LANGUAGES)),
    "browser": _texts(BROWSERS),
    "browser_version": _versions(BROWSERS),
    "os": _texts(system.name for system in SYSTEMS),
    "os_version": _versions([system.name for system in SYSTEMS]),
    "device": _texts(_DEVICES),
    "screen": _texts(SCREENS),
}
"""By dimension."""

BROWSERS_OF = np.array(
    [
        [BROWSERS.index(system.browsers[place % len(system.browsers)]) for place in range(4)]
        for system in SYSTEMS
    ]
)
"""By operating system: four browsers, the most frequent first."""
SCREENS_OF = np.array(
    [
        [SCREENS.index(system.screens[place % len(system.screens)]) for place in range(2)]
        for system in SYSTEMS
    ]
)
DEVICE_OF = np.array([_DEVICES.index(system.device) for system in SYSTEMS])
