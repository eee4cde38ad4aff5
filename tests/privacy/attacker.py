"""Plays the attacker: from all that the API tells of a small world, pins down cells without a crowd.

`python -m tests.privacy.attacker` prints how often that works, from the root of the project.

One dimension's numbers are exact, and so are, in `standard`, those of crowds that share two. What is
withheld is the difference: where only one cell of a row or column is missing, it can be computed,
and others follow from it.
"""

import sys
import tempfile
from contextlib import closing
from math import inf
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson

from ingest.collection import open_places
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import PROFILES, Geo, load
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.writer import write
from ingest.visit.keys import Keyring
from tests.privacy.asking import asking

NOW = 1_795_000_000
PAGES = ("/", "/pricing", "/blog", "/about", "/jobs")
AGENTS = {
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Edge": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
}
WEIGHTS = (4, 8, 4, 2)
K = 5

Cell = tuple[str, str]


class Known(NamedTuple):
    """What is known of a table of pageviews: the sums of rows and columns, and some cells."""

    rows: dict[str, int]
    columns: dict[str, int]
    cells: dict[Cell, tuple[float, float]]
    """The least and the most that a cell can hold, of those that are told."""


def bounds(known: Known) -> dict[Cell, tuple[float, float]]:
    """Return the least and the most that every cell can hold, as sums leave room."""
    found = {(row, column): (0.0, inf) for row in known.rows for column in known.columns}
    found |= known.cells
    lines = [
        (total, [cell for cell in found if cell[side] == name])
        for side, totals in enumerate((known.rows, known.columns))
        for name, total in totals.items()
    ]
    before = None
    while before != found:
        before = dict(found)
        for total, cells in lines:
            for cell in cells:
                others = [found[other] for other in cells if other != cell]
                least = total - sum(most for _, most in others)
                most = total - sum(least for least, _ in others)
                found[cell] = max(found[cell][0], least), min(found[cell][1], most)
    return found


def pinned(known: Known) -> set[Cell]:
    """Return the cells that were not told and are known all the same not to be empty."""
    return {
        cell
        for cell, (least, most) in bounds(known).items()
        if cell not in known.cells and least == most > 0
    }


def draw_world(random: Random, visitors: int) -> list[tuple[str, str, int]]:
    """Return who views what: page, browser and visitor."""
    views = []
    for visitor in range(visitors):
        [browser] = random.choices(list(AGENTS), WEIGHTS)
        pages = random.sample(PAGES, random.randint(1, 3))
        views += [(page, browser, visitor) for page in pages]
    return views


def send(settings, store, domain, views) -> None:
    """Count the views on a site of its own."""
    with closing(open_places(Geo())) as places:
        pipeline, arrivals = Pipeline(settings, places, Keyring()), []
        for number, (page, browser, visitor) in enumerate(views):
            event = {"n": "pageview", "d": domain, "u": f"https://{domain}{page}"}
            headers = [(b"user-agent", AGENTS[browser].encode())]
            headers.append((b"accept-language", b"fr,x-%d" % visitor))
            raw = read_event(orjson.dumps(event), read_sender(headers, "90.1.7.8", Proxies([])))
            arrivals += pipeline.anonymize(raw, NOW + number)
        records, _ = pipeline.fold(arrivals)
        write(store, records, domain)


def learn(ask, domain: str, step: int) -> Known:
    """Ask for everything, and return what the answers say."""

    def views(*dimensions):
        answer = ask(site_id=domain, metrics=["pageviews"], dimensions=list(dimensions))
        return {tuple(row["dimensions"]): row["metrics"][0] for row in answer["results"]}

    rows = {page: count for (page,), count in views("event:page").items()}
    columns = {name: count for (name,), count in views("visit:browser").items()}
    told = views("event:page", "visit:browser")
    below, above = step // 2, (step - 1) // 2
    cells = {cell: (max(K, count - below), count + above) for cell, count in told.items()}
    return Known(rows, columns, cells)


class Report(NamedTuple):
    """How often the attacker succeeds."""

    small: int
    """Cells of 1 to k - 1 visitors."""
    pinned: int
    """Those of them whose pageviews can be told exactly."""


def attack(profile: str, visitors: int, worlds: int, seed: int = 1) -> Report:
    """Return how often it succeeds in so many worlds of so many visitors a day."""
    random, step = Random(seed), PROFILES[profile].step
    domains = [f"world-{number}.example" for number in range(worlds)]
    settings = load(None, {}, {"site": domains, "profile": profile, "key": "key"})
    small = caught = 0
    with tempfile.TemporaryDirectory() as folder, closing(Store("chdb", Path(folder))) as store:
        migrate(store, settings.retention)
        with asking(settings, store, NOW + 3_600.0, "key") as ask:
            for domain in domains:
                views = draw_world(random, visitors)
                send(settings, store, domain, views)
                few = few_visitors(views)
                found = pinned(learn(ask, domain, step))
                assert found <= few, "the attacker is wrong"
                small += len(few)
                caught += len(found)
    return Report(small, caught)


def few_visitors(views) -> set[Cell]:
    """Return the cells in which there is somebody, but no crowd."""
    people: dict[Cell, set[int]] = {}
    for page, browser, visitor in views:
        people.setdefault((page, browser), set()).add(visitor)
    return {cell for cell, visitors in people.items() if len(visitors) < K}


def main() -> None:
    print(f"{'profile':<10}{'visitors a day':>15}{'small cells':>13}{'pinned down':>13}")
    for profile in PROFILES:
        for visitors in (10, 30, 100):
            report = attack(profile, visitors, worlds=50)
            share = report.pinned / max(report.small, 1)
            print(f"{profile:<10}{visitors:>15}{report.small:>13}{share:>12.1%} ")


if __name__ == "__main__":
    sys.exit(main())
