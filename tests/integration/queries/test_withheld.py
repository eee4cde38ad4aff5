"""What an answer says is withheld, against visits of which every cell is known."""

import random
from collections import Counter, defaultdict
from typing import NamedTuple

import pytest

K = 3
DAYS = ("2026-11-21", "2026-11-22", "2026-11-23")


class Visit(NamedTuple):
    visitor: int
    day: str
    source: str
    country: str
    pages: tuple[str, ...]
    event: str
    goals: tuple[str, ...]

    def cells(self, first, second):
        """The cells of a pair that the visit is in, with what it counts there."""
        for value, counters in self.counts(first).items():
            yield (self.day, value, getattr(self, second)), counters

    def counts(self, dimension):
        pageviews, events = len(self.pages), int(bool(self.event))
        if dimension == "page":
            return {
                page: {"visits": 1, "pageviews": self.pages.count(page)} for page in self.pages
            }
        if dimension == "event":
            return {self.event: {"visits": 1, "events": 1}} if self.event else {}
        if dimension == "goal":
            return {goal: {"visits": 1, "pageviews": 1} for goal in self.goals}
        value = getattr(self, dimension)
        return {value: {"visits": 1, "pageviews": pageviews, "events": events}}


def _visits():
    chance = random.Random(7)
    for visitor in range(300):
        yield Visit(
            visitor=visitor,
            day=chance.choice(DAYS),
            source=chance.choices(["Google", "Direct", "Rare"], [60, 35, 5])[0],
            country=chance.choices(["FR", "DE", "IS"], [60, 30, 10])[0],
            pages=tuple(chance.choices(["/", "/a", "/b", "/c"], k=chance.randint(1, 4))),
            event=chance.choices(["", "Play", "Stop"], [56, 40, 4])[0],
            goals=tuple(chance.sample(["Signup", "Pricing", "Docs"], k=chance.randint(0, 2))),
        )


VISITS = tuple(_visits())
PAIRS = ("page source", "event source", "goal source", "source country")


def _cells(pair):
    """All cells of a pair, and the visitors of each."""
    counts, visitors = defaultdict(Counter), defaultdict(set)
    for visit in VISITS:
        for cell, counters in visit.cells(*pair.split()):
            counts[cell].update(counters)
            visitors[cell].add(visit.visitor)
    return counts, visitors


@pytest.fixture
def site(website):
    site = website(k=K)
    for dimension in ("page", "event", "goal", "source", "country"):
        sums = defaultdict(Counter)
        for visit in VISITS:
            for value, counters in visit.counts(dimension).items():
                sums[value, visit.day].update(counters)
        for (value, day), counters in sums.items():
            site.traffic(dimension, value, f"{day} 12:00", **counters)
    for pair in PAIRS:
        counts, visitors = _cells(pair)
        for (day, *values), counters in counts.items():
            if len(visitors[day, *values]) >= K:
                site.crosstab(pair, tuple(values), day, **counters)
    return site


def _expected(pair, counter, chosen):
    """The sum of a counter over the chosen cells that stay under K, and over all chosen ones."""
    counts, visitors = _cells(pair)
    cells = [cell for cell in counts if chosen(*cell[1:])]
    under = sum(counts[cell][counter] for cell in cells if len(visitors[cell]) < K)
    return under, sum(counts[cell][counter] for cell in cells)


@pytest.mark.parametrize(
    ("pair", "filters", "chosen", "counter"),
    [
        ("page source", [], lambda page, source: True, "visits"),
        ("page source", [["is", "page", ["/"]]], lambda page, source: page == "/", "visits"),
        ("page source", [["is_not", "page", ["/"]]], lambda page, source: page != "/", "visits"),
        (
            "page source",
            [["is", "source", ["Google", "Rare"]]],
            lambda page, source: source in ("Google", "Rare"),
            "pageviews",
        ),
        ("event source", [], lambda event, source: True, "visits"),
        (
            "event source",
            [["contains", "source", ["oo"]]],
            lambda event, source: source == "Google",
            "events",
        ),
        ("goal source", [["is", "goal", ["Docs"]]], lambda goal, source: goal == "Docs", "visits"),
        ("source country", [], lambda source, country: True, "visits"),
        (
            "source country",
            [["is", "source", ["Rare"]]],
            lambda source, country: source == "Rare",
            "visits",
        ),
        (
            "source country",
            [["is", "country", ["FR"]]],
            lambda source, country: country == "FR",
            "visits",
        ),
    ],
)
def test_what_is_withheld_is_what_the_cells_under_k_hold(site, pair, filters, chosen, counter):
    withheld, whole = _expected(pair, counter, chosen)
    assert 0 < withheld < whole, "the made-up visits must have both kinds of cells"

    meta = site.ask("visits", "7d", dimensions=pair.split(), filters=filters)["meta"]
    assert meta["withheld"].pop("why")
    assert meta["withheld"] == {
        counter: withheld,
        "share": round(withheld / whole, 4),
        "exact": True,
        "k": K,
    }


def test_it_does_not_depend_on_the_page_or_the_breakdown(site):
    query = {"filters": [["is", "source", ["Google"]]]}
    whole = site.ask("visits", "7d", dimensions=["page", "source"], **query)
    page = site.ask("visits", "7d", dimensions=["page"], pagination={"limit": 1}, **query)
    daily = site.ask("visits", "7d", dimensions=["time:day", "page"], **query)
    assert whole["meta"]["withheld"] == page["meta"]["withheld"] == daily["meta"]["withheld"]


def test_goals_of_a_source_have_an_upper_bound(site):
    of_google, _ = _expected("goal source", "visits", lambda goal, source: source == "Google")
    of_all, _ = _expected("goal source", "visits", lambda goal, source: True)

    query = {"dimensions": ["goal"], "filters": [["is", "source", ["Google"]]]}
    withheld = site.ask("visits", "7d", **query)["meta"]["withheld"]
    assert (withheld["visits"], withheld["share"], withheld["exact"]) == (of_all, None, False)
    assert of_google <= of_all


def test_one_dimension_is_exact(site):
    assert site.ask("visits", "7d", dimensions=["source"])["meta"]["withheld"] is None
