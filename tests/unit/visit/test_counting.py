"""Examples of the counters' definitions; random streams are compared in `test_r5_exact_model`."""

import pytest

from ingest.store.dimensions import PAIRS, PROP_NAMES_CAP
from ingest.visit.hit import Kind
from tests.unit.visit.walk import HOW, WHO

NOON = "2026-11-23 12:00"


@pytest.mark.parametrize(
    ("kind", "interactive", "bounces"),
    [
        (Kind.PAGEVIEW, True, 0),
        (Kind.EVENT, True, 0),
        (Kind.EVENT, False, 1),
        (Kind.ENGAGEMENT, True, 1),
    ],
)
def test_a_bounce_is_taken_back_once_the_visitor_does_something(site, kind, interactive, bounces):
    site.view("ada", NOON)
    assert site.total("bounces") == 1
    site.count(site.hit("ada", NOON, kind=kind, interactive=interactive))
    assert site.total("bounces") == bounces
    assert site.values("bounces", "page") == ({"/": 1} if bounces else {})


def test_a_visit_that_begins_with_an_event_has_an_entry_and_an_exit(site):
    site.event("ada", NOON, "/a")
    assert site.total("bounces") == site.total("pageviews") == 0
    assert site.values("entries", "page") == site.values("exits", "page") == {"/a": 1}


def test_a_visit_counts_its_entry_once_and_its_exit_where_it_ends(site):
    for page in ("/a", "/b/c", "/a", "/d"):
        site.view("ada", NOON, page)
    site.ping("ada", NOON, "/a", engaged=1_000)
    assert site.values("entries", "page") == {"/a": 1}
    assert site.values("exits", "page") == {"/d": 1}
    assert site.values("visits", "page") == {"/a": 1, "/b/c": 1, "/d": 1}
    assert site.values("visits", "section") == {"/a": 1, "/b": 1, "/d": 1}
    assert site.values("visits", "entry_page") == {"/a": 1}
    assert site.values("visits", "exit_page") == {"/d": 1}
    assert site.values("pageviews", "exit_page") == {"/d": 4}
    assert site.values("visitors", "exit_page") == {"/d": 1}


def test_counters_stand_in_the_hour_of_the_hit_or_of_its_visit(site):
    site.view("ada", "2026-11-23 11:50", "/a")
    site.view("ada", "2026-11-23 12:10", "/b")
    eleven, twelve = "2026-11-23 11:00", "2026-11-23 12:00"
    for dimension in ("", "country", "entry_page"):
        assert site.by_hour("visits", dimension) == {eleven: 1}
        assert site.by_hour("duration", dimension) == {eleven: 1200}
        assert site.by_hour("visitors", dimension) == {eleven: 1}
        assert site.by_hour("pageviews", dimension) == {eleven: 1, twelve: 1}
        assert site.by_hour("hour_visitors", dimension) == {eleven: 1, twelve: 1}
    assert site.by_hour("pageviews", "page", "/b") == {twelve: 1}
    assert site.by_hour("visits", "page", "/b") == {eleven: 1}
    assert site.by_hour("exits", "page") == {eleven: 1}


@pytest.mark.parametrize(
    ("zone", "moments", "hours"),
    [
        (
            "Asia/Kolkata",
            ["2026-11-23 12:29", "2026-11-23 12:59", "2026-11-23 13:00"],
            {"2026-11-23 06:30": 2, "2026-11-23 07:30": 1},
        ),
        (
            "Europe/Paris",
            ["2026-10-25 00:30+00:00", "2026-10-25 01:00+00:00", "2026-10-25 01:20+00:00"],
            {"2026-10-25 00:00": 1, "2026-10-25 01:00": 2},
        ),
        (
            "Europe/Paris",
            ["2026-03-29 01:59", "2026-03-29 03:01"],
            {"2026-03-29 00:00": 1, "2026-03-29 01:00": 1},
        ),
    ],
)
def test_hours_are_the_sites_own(walk, zone, moments, hours):
    site = walk(zone)
    for moment in moments:
        site.view("ada", moment)
    assert site.by_hour("pageviews") == hours
    assert site.total("visits") == site.total("visitors") == 1


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-03-29 00:00", "2026-03-29 23:59", 23),
        ("2026-10-25 00:00", "2026-10-25 23:59", 25),
    ],
)
def test_a_day_of_another_length_is_one_day_of_a_visitors(walk, first, last, hours):
    site = walk("Europe/Paris")
    site.view("ada", first)
    site.view("ada", last)
    assert (site.time(last) - site.time(first)) // 3600 + 1 == hours
    assert (site.total("visits"), site.total("visitors")) == (2, 1)


def test_scroll_counts_the_deepest_on_each_page_of_a_visit(site):
    site.view("ada", NOON, "/a")
    for scroll in (40, 30, 70, 0):
        site.ping("ada", NOON, "/a", scroll=scroll)
    site.view("ada", NOON, "/b")
    site.ping("ada", NOON, "/b", scroll=0)
    site.view("bob", NOON, "/a")
    assert site.values("scroll", "page") == {"/a": 70}
    assert site.values("scroll_visits", "page") == {"/a": 1, "/b": 1}


def test_engagement_is_summed_by_page(site):
    site.view("ada", NOON, "/a")
    site.ping("ada", NOON, "/a", engaged=4_000)
    site.ping("ada", NOON, "/a", engaged=2_500)
    assert site.values("engagement", "page") == {"/a": 6_500}
    assert site.total("pageviews") == 1


def test_how_long_and_how_far_is_told_of_pages_and_the_site_alone(site):
    site.view("ada", NOON, "/a")
    site.ping("ada", NOON, "/a", engaged=4_000, scroll=40)
    site.view("ada", NOON, "/b")
    for counter, amount in (("engagement", 4_000), ("scroll", 40), ("scroll_visits", 1)):
        assert site.total(counter) == amount
        assert site.values(counter, "section") == {"/a": amount}
        assert site.crossed(counter, "page", "source") == {("2026-11-23", "/a", "Direct"): amount}
        for dimension in ("source", "country", "entry_page", "exit_page"):
            assert site.values(counter, dimension) == {}
        assert site.crossed(counter, "source", "country") == {}


def test_goals_events_and_properties_count_hits_visits_and_visitors(site):
    labels = {"goals": ("Won", "Any"), "props": (("plan", "pro"),)}
    for person in ("ada", "ada", "bob"):
        site.event(person, NOON, **labels)
    for dimension, value in (("event", "Signup"), ("goal", "Won"), ("prop:plan", "pro")):
        told = [site.values(name, dimension)[value] for name in ("events", "visits", "visitors")]
        assert told == [3, 2, 2]
        assert site.values("entries", dimension) == site.values("bounces", dimension) == {}
    assert site.values("events", "goal") == {"Won": 3, "Any": 3}
    assert site.crossed("visitors", "goal", "country") == {
        ("2026-11-23", "Won", "FR"): 2,
        ("2026-11-23", "Any", "FR"): 2,
    }


def test_a_property_past_the_names_cap_is_not_counted(site):
    for number in range(PROP_NAMES_CAP + 5):
        site.event("ada", NOON, props=((f"name {number}", "x"),))
    names = {f"prop:name {number}" for number in range(PROP_NAMES_CAP + 5)}
    assert sum(bool(site.values("events", name)) for name in names) == PROP_NAMES_CAP
    assert site.total("events") == PROP_NAMES_CAP + 5


def test_how_and_who_of_a_visit_are_those_of_its_first_hit(site):
    site.view("ada", NOON)
    site.view("ada", NOON, how=HOW._replace(source="Google"), who=WHO._replace(screen="Mobile"))
    assert site.values("pageviews", "source") == {"Direct": 2}
    assert site.values("pageviews", "screen") == {"Desktop": 2}


def test_a_visitor_counts_once_for_each_way_of_coming(site):
    for hour, source in enumerate(("Google", "Bing", "Google")):
        site.view("ada", f"2026-11-23 {hour:02}:00", how=HOW._replace(source=source))
    assert site.values("visitors", "source") == {"Google": 1, "Bing": 1}
    assert site.total("visitors") == 1
    assert site.crossed("visitors", "source", "country") == {
        ("2026-11-23", "Google", "FR"): 1,
        ("2026-11-23", "Bing", "FR"): 1,
    }


def test_every_pair_has_its_cells(site):
    site.event("ada", NOON, goals=("Won",))
    for a, b in PAIRS:
        assert sum(site.crossed("events", a, b).values()) == 1
        assert sum(site.crossed("visitors", a, b).values()) == 1


def test_p4_a_pair_is_told_once_k_visitors_share_it(walk):
    site = walk(k=3)
    for person in ("ada", "ada", "bob", "bob"):
        site.view(person, NOON, "/a")
    assert site.crossed("pageviews", "page", "country") == {}
    site.view("cem", NOON, "/a")
    site.view("dan", NOON, "/rare")
    site.view("ada", NOON, "/a")
    assert site.crossed("pageviews", "page", "country") == {("2026-11-23", "/a", "FR"): 6}
    assert site.crossed("visitors", "page", "country") == {("2026-11-23", "/a", "FR"): 3}


@pytest.mark.parametrize(
    ("dimension", "changes"),
    [
        ("utm_content", {"how": HOW._replace(utm_content="offer")}),
        ("utm_term", {"how": HOW._replace(utm_term="offer")}),
        ("prop:text", {"props": (("text", "offer"),)}),
    ],
)
def test_free_text_is_told_from_the_kth_visitor_on(walk, dimension, changes):
    site = walk(k=3)
    for person in ("ada", "ada", "bob"):
        site.event(person, NOON, **changes)
    assert site.values("visits", dimension) == {"(other)": 2}
    site.event("cem", NOON, **changes)
    assert site.values("visits", dimension) == {"(other)": 2, "offer": 1}
    site.sweep("2026-11-24 00:00")
    site.event("dan", "2026-11-24 12:00", **changes)
    assert site.values("visits", dimension) == {"(other)": 3, "offer": 1}
