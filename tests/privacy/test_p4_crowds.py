"""P4: every crosstab cell at rest has at least k visitors."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import BROWSER
from strategies import PEOPLE, SITES, streams
from test_r5_exact_model import add_up, crosstab_key

from ingest.collection import open_places
from ingest.pipeline import Arrival, Pipeline
from ingest.prove.interference import Script, Step, World, small_crowds
from ingest.prove.people import Person
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import PROFILES, Geo, Settings, Site, load
from ingest.store.tables import COUNTERS
from ingest.visit.keys import Keyring
from tests.frozen import frozen
from tests.privacy.attacker import NOW, Known, attack, bounds, pinned

KS = {site.domain: site.k for site in SITES if site.k > 1}
FATES = ("goes on", "goes on", "goes on", "restarts", "crashes with its memory")


@pytest.fixture(scope="module")
def places():
    places = open_places(Geo())
    yield places
    places.close()


class Collector:
    """One of several collectors of the same sites."""

    def __init__(self, places):
        self.places = places
        self.cells = Counter()
        self.pipeline = self._new()

    def take(self, one, fate, releases):
        hit = one.hit
        records, _ = self.pipeline.fold([Arrival(hit.site, hit.time, hit)], releases)
        add_up(self.cells, records.columns["crosstabs"], 6, crosstab_key)
        self.pipeline.sweep(hit.time)
        if fate == "restarts":
            frames = frozen(self.pipeline)
            self.pipeline = self._new()
            self.pipeline.remember(frames, None)
        elif fate != "goes on":
            self.pipeline = self._new()

    def _new(self):
        return Pipeline(Settings(sites=SITES), self.places, Keyring())


def at_rest(collectors):
    """Every cell that is stored, with its visitors as ClickHouse adds them up."""
    cells, visitors = set(), Counter()
    for collector in collectors:
        for (*cell, counter), amount in collector.cells.items():
            cells |= {tuple(cell)} if amount else set()
            visitors[tuple(cell)] += amount if counter == "visitors" else 0
    return {cell: visitors[cell] for cell in cells}


def values_by_site_and_person(sent):
    """Every value of every dimension that somebody has sent, whenever that was."""
    found = defaultdict(lambda: defaultdict(set))
    for one in sent:
        hit = one.hit
        values = found[hit.site.domain][one.person]
        for wide in (hit.where, hit.how, hit.who):
            values.update(wide._asdict().items())
        values |= {("event", hit.event), ("entry_page", hit.where.page)}
        values |= {("goal", goal) for goal in hit.goals}
    return found


def witnesses(sent_by, cell):
    """How many people could be in a cell, as they have sent both values."""
    site, _, a, b, value_a, value_b = cell
    return sum({(a, value_a), (b, value_b)} <= values for values in sent_by[site].values())


@given(
    streams(most=30),
    st.lists(st.sampled_from(FATES), min_size=30, max_size=30),
    st.lists(st.booleans(), min_size=30, max_size=30),
    st.dictionaries(st.sampled_from(PEOPLE), st.just(1)),
)
@settings(max_examples=25)
def test_a_cell_is_a_crowds(places, sent, fates, releases, side):
    collectors = [Collector(places), Collector(places)]
    for one, fate, is_release in zip(sent, fates, releases, strict=False):
        collectors[side.get(one.person, 0)].take(one, fate, is_release)
    sent_by = values_by_site_and_person(sent)
    for cell, visitors in at_rest(collectors).items():
        if cell[0] in KS:
            assert visitors >= KS[cell[0]], cell
            assert witnesses(sent_by, cell) >= KS[cell[0]], cell


@pytest.mark.parametrize(("people", "views"), [(1, 9), (4, 1), (4, 3)])
def test_fewer_than_k_are_no_crowd_however_often_they_come(places, people, views):
    """The random streams above may miss what releases too early; this does not."""
    pipeline = Pipeline(Settings(sites=(Site("example.com", k=5),)), places, Keyring())
    headers = [(name.encode(), value.encode()) for name, value in BROWSER.items()]
    body = b'{"n": "pageview", "u": "https://example.com/", "d": "example.com"}'

    def cells(person):
        sender = read_sender(headers, f"90.1.{person}.7", Proxies([]))
        records, _ = pipeline.fold(pipeline.anonymize(read_event(body, sender), NOW))
        return len(records.columns["crosstabs"][0])

    assert [cells(person) for _ in range(views) for person in range(people)] == [0] * people * views
    assert sum(cells(person) for person in range(people, 5)) > 0, "five are a crowd"


def test_a_cell_that_is_missing_alone_is_pinned_down():
    known = Known({"/a": 9, "/b": 3}, {"Chrome": 9, "Safari": 3}, {("/a", "Chrome"): (7, 7)})
    assert bounds(known)["/a", "Safari"] == (2, 2)
    assert pinned(known) == {("/a", "Safari"), ("/b", "Chrome"), ("/b", "Safari")}


def test_cells_that_are_missing_together_are_not():
    known = Known({"/a": 4, "/b": 4}, {"Chrome": 4, "Safari": 4}, {})
    assert pinned(known) == set()
    assert set(bounds(known).values()) == {(0, 4)}


def test_a_cell_told_in_tens_pins_nothing_down():
    known = Known({"/a": 9, "/b": 3}, {"Chrome": 9, "Safari": 3}, {("/a", "Chrome"): (5, 14)})
    assert pinned(known) == set()


def test_the_attacker_finds_next_to_nothing_in_the_exempt_profile():
    standard, exempt = (attack(profile, visitors=30, worlds=8) for profile in PROFILES)
    assert standard.small == exempt.small > 30
    assert standard.pinned > 0, "the attacker does not even find what can be computed"
    assert exempt.pinned == 0


@pytest.mark.parametrize(("counted", "told"), [(9, 1), (3, 1)])
def test_a_cell_without_its_crowd_is_named_whatever_it_says_of_itself(counted, told):
    """As `footfall prove` looks at cells: by their counter, and by who was really there."""
    one_site = load(None, {}, {"site": ["example.com"]})
    script = Script([Person("90.1.7.0", "Firefox", "fr")], [Step(NOW, 0, "/", "", "pageview")])
    day = datetime.fromtimestamp(NOW, UTC).date()
    counters = tuple(counted if name == "visitors" else 0 for name in COUNTERS)
    cells = {("example.com", "page", "browser", day, "/", "Firefox"): counters}
    world = World({"crosstabs": cells}, {})
    assert len(small_crowds(script, world, one_site)) == told
    crowd = Script(script.people * 9, [script.steps[0]._replace(visitor=each) for each in range(9)])
    assert len(small_crowds(crowd, world, one_site)) == (counted < 5)
