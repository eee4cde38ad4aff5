"""A visit, from the first page to the last."""

from math import log1p
from random import Random

from ingest.demo.actions import act
from ingest.demo.sources import Source
from ingest.demo.tab import Tab
from ingest.demo.website import Website, folded, split_language, translate

_MOST_PAGES = 8
_GOES_ON = 0.48
"""How likely another page is after the second."""
_READS_OWN_LANGUAGE = 0.6
_LEAVES_WORD = 0.94
"""How many pages are left in a way that lets the script report."""
_LONGEST = 1_500
"""Seconds on a page; longer, and the visit would be over."""
_SPREAD = 0.9
_MEDIANS = {"/blog/*": 75, "/docs/*": 60, "/customers/*": 45, "/pricing": 35, "/signup": 40}
_MEDIAN = 22
"""Seconds on a page, by page and on all others; half of the readers stay shorter."""


def journey(tab: Tab, language: str, source: Source, website: Website, chance: Random) -> None:
    """Visit the site in `tab`, as people of a language do whom `source` sends."""
    page = website.page(_entry(language, source, chance), chance)
    query = source.query
    for left in reversed(range(_pages(source.bounce, chance))):
        tab.open(page, query)
        query = ""
        page = _read(tab, page, chance) or (website.follow(page, chance) if left else "")
        if not page:
            break


def _entry(language: str, source: Source, chance: Random) -> str:
    page = source.entries(chance)
    return translate(page, language) if chance.random() < _READS_OWN_LANGUAGE else page


def _pages(bounce: float, chance: Random) -> int:
    """Return how many pages are looked at."""
    if chance.random() < bounce:
        return 1
    pages = 2
    while pages < _MOST_PAGES and chance.random() < _GOES_ON:
        pages += 1
    return pages


def _read(tab: Tab, page: str, chance: Random) -> str:
    """Read a page, and perhaps do something there; return the page that this opens, if any."""
    median = _MEDIANS.get(folded(split_language(page)[1]), _MEDIAN)
    seconds = min(_LONGEST, 1 + int(median * chance.lognormvariate(0, _SPREAD)))
    action = act(page, chance)
    if action:
        tab.wait(seconds)
        tab.do(action.event, action.props)
        seconds = 1 + seconds // 3
    tab.wait(seconds)
    if chance.random() < _LEAVES_WORD:
        engaged = int(seconds * 1000 * chance.uniform(0.5, 1))
        scroll = min(100, 20 + int(chance.uniform(5, 20) * log1p(seconds)))
        tab.leave(engaged, scroll)
    return action.leads_to if action else ""
