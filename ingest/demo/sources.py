"""Where visits come from, and how that changes over the year."""

from typing import NamedTuple

from ingest.demo.draw import Draw


class Source(NamedTuple):
    """What sends visitors, and what kind of visitors."""

    referrer: str
    query: str
    """Of the link that is followed, such as campaign tags."""
    entries: Draw[str]
    """Where they land; `*` is any page of a folder."""
    bounce: float
    """How many look at one page only, 0 to 1."""
    regulars: float
    """How many have been here before, 0 to 1."""


def _entries(**weights: float) -> Draw[str]:
    return Draw((_PAGES[name], weight) for name, weight in weights.items())


_PAGES = {
    "home": "/",
    "pricing": "/pricing",
    "features": "/features",
    "scheduling": "/features/scheduling",
    "integrations": "/features/integrations",
    "article": "/blog/*",
    "doc": "/docs/*",
    "changelog": "/changelog",
    "download": "/download",
    "login": "/login",
}
_SEARCH = _entries(article=46, doc=14, home=18, scheduling=8, pricing=6, integrations=4, features=4)
_ASSISTANT = _entries(article=30, doc=24, pricing=22, home=14, features=10)
_SOCIAL = _entries(article=68, home=24, changelog=8)
_CODE = _entries(doc=58, home=26, changelog=16)
_PARTNER = _entries(home=44, integrations=38, pricing=10, article=8)
_DIRECT = _entries(home=54, login=18, doc=8, pricing=6, article=8, changelog=3, download=3)

DIRECT = Source("", "", _DIRECT, 0.47, 0.45)

_SHARES = (
    (DIRECT, 21, 21),
    (Source("https://www.google.com/", "", _SEARCH, 0.53, 0.12), 37, 32),
    (Source("https://www.bing.com/", "", _SEARCH, 0.5, 0.12), 4.4, 4.2),
    (Source("https://duckduckgo.com/", "", _SEARCH, 0.53, 0.12), 3.2, 3.5),
    (Source("https://www.ecosia.org/", "", _SEARCH, 0.54, 0.12), 0.9, 1.0),
    (Source("https://chatgpt.com/", "utm_source=chatgpt.com", _ASSISTANT, 0.45, 0.1), 0.8, 7.0),
    (Source("https://www.perplexity.ai/", "", _ASSISTANT, 0.46, 0.1), 0.4, 1.5),
    (Source("https://claude.ai/", "", _ASSISTANT, 0.44, 0.1), 0.2, 1.2),
    (Source("https://gemini.google.com/", "", _ASSISTANT, 0.47, 0.1), 0.1, 0.7),
    (Source("https://www.linkedin.com/", "", _SOCIAL, 0.6, 0.25), 4.2, 4.6),
    (Source("https://t.co/", "", _SOCIAL, 0.68, 0.15), 2.4, 1.4),
    (Source("https://www.reddit.com/", "", _SOCIAL, 0.66, 0.08), 2.2, 3.0),
    (Source("https://www.youtube.com/", "", _SOCIAL, 0.57, 0.1), 1.4, 1.8),
    (Source("https://github.com/", "", _CODE, 0.48, 0.3), 3.4, 3.8),
    (Source("https://news.ycombinator.com/", "", _SOCIAL, 0.7, 0.05), 0.4, 0.5),
    (Source("https://apps.brightshelf.example/", "", _PARTNER, 0.4, 0.1), 2.2, 2.6),
    (Source("https://www.shiftwork-guide.example/", "", _PARTNER, 0.45, 0.05), 1.6, 1.8),
)
"""Sources with their shares of visits, in proportion, as the year begins and as it ends."""


def sources(progress: float) -> Draw[Source]:
    """Return the sources at a point of the year, from 0 to 1."""
    return Draw((source, begin + (end - begin) * progress) for source, begin, end in _SHARES)
