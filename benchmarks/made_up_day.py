"""Draws a site's day: its visits and their hits, as arrays with an element for each."""

from typing import NamedTuple

import numpy as np
import vocabulary as words
from numpy.random import Generator
from vocabulary import Codes, pick

VIEW, EVENT, PING = range(3)
"""Kinds of hits."""
DAY = 86_400
_GAP = 1_800
_HITS_PER_VISITOR = 3.9
_COME_AGAIN, _VIEWS, _EVENTS, _PINGS = 0.15, 2.65, 0.04, 0.25
"""Visitors with a second visit; views in a visit; events and engagement pings per view."""
_MOST_VIEWS, _PAUSE, _LONGEST_PAUSE, _AWAY = 30, 60, 900, 7_200
"""Seconds between hits and between visits."""
_FOREIGN = 0.15
"""Visitors who do not speak their country's first language."""
_HOUR_SHARES = words.shares([2, 1, 1, 1, 1, 2, 3, 4, 6, *[7] * 11, 6, 5, 4, 3])


class Hits(NamedTuple):
    """A day's hits, visit by visit, in the order of time."""

    visit: Codes
    time: Codes
    """Seconds since midnight."""
    kind: Codes
    page: Codes
    event: Codes
    """What kind of event; of other hits, nothing."""
    engaged: Codes
    """Milliseconds."""
    scroll: Codes
    """Percent of the page."""


class Day(NamedTuple):
    """A day's visits, of each visitor in the order of time, and their hits. No visit crosses midnight."""

    visitor: Codes
    start: Codes
    """Seconds since midnight."""
    duration: Codes
    bounced: Codes
    wide: dict[str, Codes]
    """By visit-wide dimension: the value's place in the vocabulary."""
    exit_page: Codes
    hits: Hits


def draw(chance: Generator, hits: int) -> Day:
    """Draw a day with about so many hits."""
    visitors = max(1, round(hits / _HITS_PER_VISITOR))
    again = np.flatnonzero(chance.random(visitors) < _COME_AGAIN)
    visitor = np.concatenate((np.arange(visitors), again))
    drawn = _hits(chance, len(visitor))
    duration = drawn.time[_lasts(drawn)]
    start = _starts(chance, duration, visitors, again)
    kept = start + duration < DAY
    visitor, start, duration = visitor[kept], start[kept], duration[kept]
    drawn = _keep(drawn, kept, start)
    lasts = _lasts(drawn)
    entries = drawn.page[np.concatenate(([0], lasts[:-1] + 1))]
    who = {name: codes[visitor] for name, codes in _who(chance, visitors).items()}
    wide = {**_how(chance, len(visitor)), "entry_page": entries, **who}
    return Day(visitor, start, duration, _bounced(drawn), wide, drawn.page[lasts], drawn)


def _lasts(hits: Hits) -> Codes:
    """Return the place of each visit's last hit."""
    return np.flatnonzero(np.diff(hits.visit, append=-1))


def _keep(hits: Hits, kept: Codes, start: Codes) -> Hits:
    """Return the hits of the visits that are kept, which begin at `start`."""
    number = np.cumsum(kept) - 1
    hits = Hits(*(column[kept[hits.visit]] for column in hits))
    visit = number[hits.visit]
    return hits._replace(visit=visit, time=hits.time + start[visit])


def _hits(chance: Generator, visits: int) -> Hits:
    """Draw the hits of visits; their times count from the visit's start."""
    views = np.minimum(chance.geometric(1 / _VIEWS, visits), _MOST_VIEWS)
    page = pick(chance, words.PAGE_SHARES, views.sum())
    has_event, has_ping = chance.random(len(page)) < _EVENTS, chance.random(len(page)) < _PINGS
    sizes = 1 + has_event + has_ping
    view = np.repeat(np.arange(len(page)), sizes)
    place = np.arange(len(view)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kind = np.where(place == 0, VIEW, np.where((place == 1) & has_event[view], EVENT, PING))
    visit, page = np.repeat(np.arange(visits), views)[view], page[view]
    pause = np.clip(chance.exponential(_PAUSE, len(view)), 1, _LONGEST_PAUSE).astype(np.int64)
    is_first = np.diff(visit, prepend=-1) > 0
    time = np.cumsum(np.where(is_first, 0, pause))
    time -= time[is_first][visit]
    is_ping = kind == PING
    return Hits(
        visit=visit,
        time=time,
        kind=kind,
        page=page,
        event=np.where(kind == EVENT, view % len(words.EVENTS), len(words.EVENTS)),
        engaged=np.where(is_ping, pause * 900, 0),
        # The same in every ping of a page, so a visit's first ping there tells its deepest scroll.
        scroll=np.where(is_ping, 1 + (visit * 7 + page * 13) % 100, 0),
    )


def _starts(chance: Generator, duration: Codes, visitors: int, again: Codes) -> Codes:
    """Draw when visits begin: first ones by the hour, second ones some time after the first."""
    hour = pick(chance, _HOUR_SHARES, visitors)
    first = hour * 3_600 + chance.integers(0, 3_600, visitors)
    first = np.minimum(first, DAY - 1 - duration[:visitors])
    pause = chance.exponential(_AWAY, len(again)).astype(np.int64)
    second = first[again] + duration[again] + _GAP + 1 + pause
    return np.concatenate((first, second))


def _how(chance: Generator, visits: int) -> dict[str, Codes]:
    way = pick(chance, words.WAY_SHARES, visits)
    return {name: codes[way] for name, codes in words.CODES_OF_WAYS.items()}


def _who(chance: Generator, visitors: int) -> dict[str, Codes]:
    """Draw who comes, by dimension."""
    country = pick(chance, words.COUNTRY_SHARES, visitors)
    languages = len(words.VALUES["language"])
    is_foreign = chance.random(visitors) < _FOREIGN
    system = pick(chance, words.SYSTEM_SHARES, visitors)
    browser = words.BROWSERS_OF[system, pick(chance, words.zipf(4, 1.5), visitors)]
    versions = (pick(chance, words.VERSION_SHARES, visitors) for _ in range(2))
    nowhere = np.zeros(visitors, np.int64)
    return {
        "country": country,
        "region": nowhere,
        "city": nowhere,
        "provider": country * words.PROVIDERS_EACH + pick(chance, words.PROVIDER_SHARES, visitors),
        "language": np.where(
            is_foreign, chance.integers(0, languages, visitors), country % languages
        ),
        "browser": browser,
        "browser_version": browser * words.VERSIONS + next(versions),
        "os": system,
        "os_version": system * words.VERSIONS + next(versions),
        "device": words.DEVICE_OF[system],
        "screen": words.SCREENS_OF[system, chance.integers(0, 2, visitors)],
    }


def _bounced(hits: Hits) -> Codes:
    views = np.bincount(hits.visit, hits.kind == VIEW)
    events = np.bincount(hits.visit, hits.kind == EVENT)
    return ((views == 1) & (events == 0)).astype(np.int64)
