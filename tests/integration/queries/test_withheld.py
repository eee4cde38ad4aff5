"""What an answer says is withheld, against visits of which every cell is known."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from stores import KINDS

from tests.integration.queries.website import MakeWebsite, Website

STORES = KINDS

K = 5
DAYS = ("2026-11-21", "2026-11-22", "2026-11-23")
PAIRS = ("page source", "event source", "goal source", "source country")


class Visit(NamedTuple):
    visitor: int
    day: str
    source: str
    country: str
    pages: tuple[str, ...]
    event: str
    goals: tuple[str, ...]

    def counts(self, dimension: str) -> dict[str, dict[str, int]]:
        """The values that the visit has of a dimension, with what it counts there."""
        if dimension == "page":
            return {page: {"visits": 1, "pageviews": self.pages.count(page)} for page in self.pages}
        if dimension == "event":
            return {self.event: {"visits": 1, "events": 1}} if self.event else {}
        if dimension == "goal":
            return {goal: {"visits": 1, "pageviews": 1} for goal in self.goals}
        counters = {"visits": 1, "pageviews": len(self.pages), "events": int(bool(self.event))}
        return {getattr(self, dimension): counters}


class Cell(NamedTuple):
    day: str
    first: str
    second: str


class Content(NamedTuple):
    counters: Counter[str]
    visitors: set[int]


def _visits() -> Iterator[Visit]:
    chance = random.Random(1)
    for visitor in range(300):
        yield Visit(
            visitor=visitor,
            day=chance.choice(DAYS),
            source=chance.choices(["Google", "Direct", "Rare"], [58, 35, 7])[0],
            country=chance.choices(["FR", "DE", "IS"], [60, 30, 10])[0],
            pages=tuple(chance.choices(["/", "/a", "/b", "/c"], k=chance.randint(1, 4))),
            event=chance.choices(["", "Play", "Stop"], [56, 40, 4])[0],
            goals=tuple(chance.sample(["Signup", "Pricing", "Docs"], k=chance.randint(0, 2))),
        )


VISITS = tuple(_visits())


def _cells(pair: str) -> dict[Cell, Content]:
    """All cells of a pair, those of too few visitors too."""
    first, second = pair.split()
    cells: dict[Cell, Content] = defaultdict(lambda: Content(Counter(), set()))
    for visit in VISITS:
        for value, counters in visit.counts(first).items():
            cell = cells[Cell(visit.day, value, getattr(visit, second))]
            cell.counters.update(counters)
            cell.visitors.add(visit.visitor)
    return cells


def _expected(pair: str, counter: str, values: set[str] | None) -> tuple[int, int]:
    """The counter's sum over the cells of fewer than K visitors, and over all.

    Of the cells that have one of `values`, if they are given.
    """
    contents = [
        content for cell, content in _cells(pair).items() if values is None or values & {*cell}
    ]
    under = sum(each.counters[counter] for each in contents if len(each.visitors) < K)
    return under, sum(each.counters[counter] for each in contents)


@pytest.fixture
def site(website: MakeWebsite) -> Website:
    site = website(k=K)
    for dimension in ("page", "event", "goal", "source", "country"):
        sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for visit in VISITS:
            for value, counters in visit.counts(dimension).items():
                sums[value, visit.day].update(counters)
        for (value, day), counters in sums.items():
            site.traffic(dimension, value, f"{day} 12:00", **counters)
    for pair in PAIRS:
        for cell, content in _cells(pair).items():
            if len(content.visitors) >= K:
                site.crosstab(pair, (cell.first, cell.second), cell.day, **content.counters)
    return site


@pytest.mark.parametrize(
    ("pair", "condition", "values", "counter"),
    [
        ("page source", None, None, "visits"),
        ("page source", ["is", "page", ["/"]], {"/"}, "visits"),
        ("page source", ["is_not", "page", ["/"]], {"/a", "/b", "/c"}, "visits"),
        ("page source", ["is", "source", ["Google", "Rare"]], {"Google", "Rare"}, "pageviews"),
        ("event source", None, None, "visits"),
        ("event source", ["contains", "source", ["oo"]], {"Google"}, "events"),
        ("goal source", ["is", "goal", ["Docs"]], {"Docs"}, "visits"),
        ("source country", None, None, "visits"),
        ("source country", ["is", "source", ["Rare"]], {"Rare"}, "visits"),
        ("source country", ["is", "country", ["FR"]], {"FR"}, "visits"),
    ],
)
def test_what_is_withheld_is_what_the_cells_under_k_hold(
    site: Website, pair: str, condition: list[object], values: set[str] | None, counter: str
):
    withheld, whole = _expected(pair, counter, values)
    assert 0 < withheld < whole, "the made-up visits must have both kinds of cells"

    filters = [condition] if condition else []
    meta = site.ask("visits", "7d", dimensions=pair.split(), filters=filters)["meta"]
    assert meta["withheld"].pop("why")
    assert meta["withheld"] == {
        counter: withheld,
        "share": round(withheld / whole, 4),
        "exact": True,
        "k": K,
    }


def test_it_does_not_depend_on_the_page_or_the_breakdown(site: Website):
    google = [["is", "source", ["Google"]]]
    answers = [
        site.ask("visits", "7d", filters=google, dimensions=["page", "source"]),
        site.ask("visits", "7d", filters=google, dimensions=["page"], pagination={"limit": 1}),
        site.ask("visits", "7d", filters=google, dimensions=["time:day", "page"]),
    ]
    first, *others = (answer["meta"]["withheld"] for answer in answers)
    assert others == [first, first]


def test_goals_of_a_source_have_an_upper_bound(site: Website):
    of_google, _ = _expected("goal source", "visits", {"Google"})
    of_all, _ = _expected("goal source", "visits", None)

    answer = site.ask("visits", "7d", dimensions=["goal"], filters=[["is", "source", ["Google"]]])
    withheld = answer["meta"]["withheld"]
    assert (withheld["visits"], withheld["share"], withheld["exact"]) == (of_all, None, False)
    assert of_google < of_all


def test_one_dimension_is_exact(site: Website):
    assert site.ask("visits", "7d", dimensions=["source"])["meta"]["withheld"] is None
