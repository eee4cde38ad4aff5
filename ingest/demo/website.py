"""The site that the made-up traffic goes to: a small company that sells shift planning."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from math import exp
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ingest.demo.articles import ARTICLES, DOCS, FRENCH_ARTICLES, GERMAN_ARTICLES
from ingest.demo.draw import Draw
from ingest.demo.rhythm import Year
from ingest.settings import Goal

TIMEZONE = ZoneInfo("Europe/Berlin")
GOALS = (
    Goal(name="Signup", event="Signup"),
    Goal(name="Visit pricing", page="/**pricing"),  # also /de/pricing
)

_TRANSLATED = frozenset(
    {
        *("/", "/pricing", "/signup", "/signup/welcome", "/customers", "/blog", "/blog/*"),
        *("/features", "/features/scheduling", "/features/time-tracking"),
    }
)
_LANGUAGES = ("de", "fr")
_FOLDERS = ("/blog/", "/docs/", "/customers/")

_ALREADY_OUT = 9
"""Articles older than the year; the others come one a week."""
_FRESH_DAYS = 9.0
"""How long an article is news."""
_NEWS = 14.0
"""How much more a new article is read than an old one."""


class Website(NamedTuple):
    """The site as it is on a day."""

    newest: str
    """The newest article."""
    folders: Mapping[str, Draw[str]]
    """Pages by folder, as likely as they are read."""

    def page(self, name: str, chance: Random) -> str:
        """Return a page for `name`, which may end in `*`."""
        if not name.endswith("*"):
            return name
        return name[:-1] + self.folders[name[:-1]](chance)

    def follow(self, page: str, chance: Random) -> str:
        """Return the page that a visitor opens after `page`."""
        language, plain = split_language(page)
        return self.page(translate(_links()[folded(plain)](chance), language), chance)


def website(year: Year, day: date) -> Website:
    """Return the site as it is on a day of the year."""
    age = (day - year.first).days
    published = ARTICLES[: _ALREADY_OUT + 1 + age // 7]
    ages = ((len(published) - 1 - number) * 7 + age % 7 for number in range(len(published)))
    news = [1 + _NEWS * exp(-days / _FRESH_DAYS) for days in ages]
    weights = (_LASTING[slug] * fresh for slug, fresh in zip(published, news, strict=True))
    articles = Draw(zip(published, weights, strict=True))
    return Website(f"/blog/{published[-1]}", {**_folders(), "/blog/": articles})


def translate(page: str, language: str) -> str:
    """Return a page in German or French, if there is one."""
    if language not in _LANGUAGES or folded(page) not in _TRANSLATED:
        return page
    return f"/{language}{page}".rstrip("/")


def folded(page: str) -> str:
    """Return an English page as `PAGES` names it."""
    folder = next((folder for folder in _FOLDERS if page.startswith(folder)), "")
    return f"{folder}*" if folder else page


def split_language(page: str) -> tuple[str, str]:
    """Return the language of a page (empty for English), and its English name."""
    language = page[1:3]
    if language in _LANGUAGES and page[3:4] in ("", "/"):
        return language, page[3:] or "/"
    return "", page


@cache
def _links() -> Mapping[str, Draw[str]]:
    """Return where people go from a page, as `links.json` has it; `*` is any page of a folder."""
    listed = Path(__file__).with_name("links.json").read_bytes()
    links = msgspec.json.decode(listed, type=dict[str, dict[str, float]])
    return {page: Draw(nexts.items()) for page, nexts in links.items()}


_LASTING = {slug: 0.4 + 3 / (1 + number * 7 % 11) for number, slug in enumerate(ARTICLES)}
"""How much an article is read when it is no news: some are found for ever, most are not."""


@cache
def _folders() -> Mapping[str, Draw[str]]:
    """Return the folders that stay the same over the year; what comes first is read most."""
    return {
        "/docs/": _ranked(DOCS),
        "/customers/": _ranked(("harbor-clinic", "bakery-nord", "alpine-rescue")),
        "/de/blog/": _ranked(GERMAN_ARTICLES),
        "/fr/blog/": _ranked(FRENCH_ARTICLES),
    }


def _ranked(slugs: tuple[str, ...]) -> Draw[str]:
    return Draw((slug, 1 / (rank + 2)) for rank, slug in enumerate(slugs))
