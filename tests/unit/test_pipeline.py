from pathlib import Path

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pipeline as told
from ingest.anonymize.browser import read_browser
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Goal, Settings, Site
from ingest.store.drops import DropReason
from ingest.store.records import Records
from ingest.store.tables import COUNTERS, TABLES
from ingest.visit.hit import Hit
from ingest.visit.keys import Keyring
from tests.frozen import frozen

SITES = (Site("a.example", k=2, goals=(Goal("Any", page="/**"),)), Site("b.example"))
FIREFOX = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BROWSER = [(b"user-agent", FIREFOX), (b"accept-language", b"fr")]
NOW = 1_795_458_600


@pytest.fixture(scope="module")
def places():
    places = Places(bundled_country(), bundled_provider())
    yield places
    places.close()


@pytest.fixture
def pipeline(places):
    return Pipeline(Settings(sites=SITES), places, Keyring())


def raw(domains="a.example", headers=BROWSER, **changes):
    event = {"n": "pageview", "u": "https://a.example/", "d": domains} | changes
    return read_event(orjson.dumps(event), read_sender(headers, "90.1.2.77", Proxies([])))


def test_each_site_of_a_hit_has_an_arrival(pipeline):
    arrivals = pipeline.anonymize(raw("b.example,c.example,a.example"), NOW)
    assert [(arrival.site, arrival.time) for arrival in arrivals] == [
        (SITES[1], NOW),
        (None, NOW),
        (SITES[0], NOW),
    ]
    assert [type(arrival.outcome) for arrival in arrivals] == [Hit, DropReason, Hit]
    assert arrivals[0].outcome.visitor != arrivals[2].outcome.visitor


def test_drops_are_counted_by_site_hour_and_reason_and_nothing_else(pipeline):
    robot, ping = [(b"user-agent", b"curl/8.0")], {"n": "engagement"}
    hits = [raw(headers=robot), raw(headers=robot), raw("c.example"), raw(**ping)]
    records, dropped = pipeline.fold(
        arrival for hit in hits for arrival in pipeline.anonymize(hit, NOW)
    )
    robots = [DropReason.ROBOT] * 2
    assert dropped == [*robots, DropReason.UNKNOWN_SITE, DropReason.NO_VISIT]
    hour = NOW // 3600 * 3600
    assert sorted(zip(*records.columns["drops"], strict=True)) == [
        ("", hour, "unknown_site", 1),
        ("a.example", hour, "no_visit", 1),
        ("a.example", hour, "robot", 2),
    ]
    assert records.columns["traffic"][0] == records.columns["crosstabs"][0] == []


def counted(records, dimension):
    """Return page views and events by the dimension's values."""
    names = ("site", "dimension", "hour", "value", *COUNTERS)
    rows = [
        dict(zip(names, row, strict=True)) for row in zip(*records.columns["traffic"], strict=True)
    ]
    return {
        row["value"]: row["pageviews"] + row["events"]
        for row in rows
        if row["dimension"] == dimension
    }


def test_a_goal_that_is_reached_in_two_ways_is_reached_once(places):
    goals = (Goal("Docs", page="/docs/**"), Goal("Docs", page="/**/help"), Goal("Any", page="/**"))
    site = Site("a.example", goals=goals)
    pipeline = Pipeline(Settings(sites=(site,)), places, Keyring())
    hit = raw(u="https://a.example/docs/help")
    records, _ = pipeline.fold(pipeline.anonymize(hit, NOW))
    assert counted(records, "goal") == {"Docs": 1, "Any": 1}


def test_properties_whose_names_are_scrubbed_to_the_same_are_one(places):
    pipeline = Pipeline(Settings(sites=(Site("a.example", k=1),)), places, Keyring())
    props = {"plan": "pro", " plan ": "pro", "jane@a.example": "x", "john@a.example": "x"}
    records, _ = pipeline.fold(pipeline.anonymize(raw(n="Signup", p=props), NOW))
    assert counted(records, "prop:plan") == {"pro": 1}
    assert counted(records, "prop::email") == {"x": 1}


@pytest.mark.parametrize("signal", [b"sec-gpc", b"dnt"])
def test_p5_an_opt_out_leaves_a_drop_and_nothing_in_memory(pipeline, signal):
    empty = frozen(pipeline)
    arrivals = pipeline.anonymize(raw(headers=[*BROWSER, (signal, b"1")]), NOW)
    records, _ = pipeline.fold(arrivals)
    assert records.columns["drops"][2] == ["opt_out"]
    assert records.columns["traffic"][0] == []
    assert frozen(pipeline) == empty


def test_the_page_that_tells_the_story_names_folders_that_are_there():
    folder = Path(told.__file__).parent
    named = [cell for cell in told.__doc__.replace("|", " ").split() if cell.startswith("`ingest/")]
    assert len(named) == 6
    for name in named:
        assert (folder.parent / name.strip("`")).is_dir()


TEXT = st.text("ah/:.,@%? \0\n\\é😀\u202e", max_size=30) | st.sampled_from(
    ["pageview", "engagement", "\0", "😀" * 9, "a@b.c"]
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "n": TEXT,
        "u": TEXT.map("https://a.example/".__add__) | TEXT.map("http://".__add__),
        "r": TEXT | TEXT.map("https://".__add__),
        "p": st.dictionaries(TEXT.filter(bool), TEXT | st.booleans() | st.integers(-9, 9)),
        "h": st.booleans(),
        "i": st.booleans(),
        "w": st.integers(0, 9_999),
        "e": st.floats(0, 1e12),
        "sd": st.integers(0, 255),
    },
)
NAMES = st.sampled_from([b"user-agent", b"accept-language", b"sec-ch-ua", b"sec-ch-ua-platform"])
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=40)), max_size=3)


def gained(records):
    """Return the rows of each table that say anything: others are not spooled."""
    return {
        table.name: [
            row
            for row in zip(*records.columns[table.name], strict=True)
            if any(row[len(table.key) :])
        ]
        for table in TABLES
    }


@settings(deadline=None)
@given(st.lists(st.tuples(EVENTS, HEADERS, st.booleans()), max_size=4))
def test_r3_any_hit_passes_and_leaves_whole_records(places, sent):
    pipeline = Pipeline(Settings(sites=SITES), places, Keyring())
    for event, headers, is_browser in sent:
        try:
            hit = raw("a.example,b.example", [*headers, *(BROWSER if is_browser else [])], **event)
        except Problem:
            continue
        records, _ = pipeline.fold(pipeline.anonymize(hit, NOW))
        spooled = Records.decode([records.encode(records.symbols().tolist())])
        assert gained(spooled) == gained(records)
        for columns in records.columns.values():
            assert len({len(column) for column in columns}) == 1


def test_r3_memory_stays_bounded_under_a_flood_of_distinct_values(places):
    caps = {"page": 20, "entry_page": 20, "exit_page": 20, "source": 20, "referrer": 20}
    pipeline = Pipeline(Settings(sites=SITES, caps=caps, waiting_cells=500), places, Keyring())
    for number in range(300):
        hit = raw(u=f"https://a.example/p/x-{number}", r=f"https://r{number}.example/")
        hit = msgspec.structs.replace(
            hit, browser=read_browser(FIREFOX.decode(), f"fr;q=0.{number}")
        )
        pipeline.fold(pipeline.anonymize(hit, NOW))
    days = {id(day): day for day in pipeline._memory.symbols._days.values()}
    dimensions = [
        day._symbols.names[turn]
        for day in days.values()
        for value, turn in zip(day._values, day._dimensions, strict=True)
        if value is not None
    ]
    assert len(dimensions) < 250
    assert dimensions.count("page") == 21
    assert len(pipeline._memory.crowd) == 500


def test_a_key_made_for_a_hit_that_was_never_counted_goes_after_midnight(places):
    keys = Keyring()
    pipeline = Pipeline(Settings(sites=SITES), places, keys)
    pipeline.anonymize(raw(), NOW)
    midnight = NOW // 86_400 * 86_400 + 86_400
    assert not pipeline.sweep(midnight + 1_799)
    assert len(keys.all()) == 1
    assert pipeline.sweep(midnight + 1_860)
    assert keys.all() == []
