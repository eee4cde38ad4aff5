"""When a visit begins, goes on and ends, and what is forgotten then."""

from datetime import date

import msgspec
import numpy as np
import pytest

from ingest.store.drops import DropReason
from ingest.visit.hit import Kind
from tests.unit.visit.walk import HOW


@pytest.mark.parametrize(
    ("second", "visits", "duration"),
    [("10:00:00", 1, 0), ("10:29:59", 1, 1799), ("10:30:00", 1, 1800), ("10:30:01", 2, 0)],
)
def test_a_visit_ends_after_30_minutes_of_silence(site, second, visits, duration):
    site.view("ada", "2026-11-23 10:00:00", "/a")
    site.view("ada", f"2026-11-23 {second}", "/b")
    assert site.total("visits") == visits
    assert site.total("duration") == duration
    assert site.total("bounces") == (0 if visits == 1 else 2)
    assert site.total("visitors") == 1


def test_every_sign_of_life_prolongs_a_visit(site):
    site.view("ada", "2026-11-23 10:00")
    assert site.ping("ada", "2026-11-23 10:30", engaged=9_000) is None
    assert site.event("ada", "2026-11-23 11:00") is None
    site.view("ada", "2026-11-23 11:30")
    assert (site.total("visits"), site.total("duration")) == (1, 5400)


def test_people_have_visits_of_their_own(site):
    for person in ("ada", "bob", "ada"):
        site.view(person, "2026-11-23 10:00")
    assert (site.total("visits"), site.total("visitors"), site.total("pageviews")) == (2, 2, 3)
    assert len(site.visits) == 2


def test_a_hit_that_arrives_late_belongs_to_its_visit(site):
    site.view("ada", "2026-11-23 10:10")
    site.view("ada", "2026-11-23 10:00")
    assert (site.total("visits"), site.total("duration")) == (1, 0)


@pytest.mark.parametrize("page", ["/", "/never-seen"])
def test_an_engagement_ping_begins_no_visit(site, page):
    assert site.ping("ada", "2026-11-23 10:00", page) is DropReason.NO_VISIT
    assert (len(site.visits), site.total("visits")) == (0, 0)


def test_an_engagement_ping_belongs_to_a_page_of_the_visit(site):
    site.view("ada", "2026-11-23 10:00", "/a")
    assert site.ping("ada", "2026-11-23 10:01", "/b") is DropReason.NO_VISIT
    assert site.ping("ada", "2026-11-23 10:30:01", "/a") is DropReason.NO_VISIT
    assert site.total("duration") == 0


def test_a_hit_of_nobodys_counts_in_the_totals_alone(site):
    dropped = site.view("ada", "2026-11-23 10:00", visitor=None, visitor_before=None)
    assert dropped is None
    assert site.total("pageviews") == 1
    assert site.total("visits") == site.total("visitors") == 0
    assert site.values("pageviews", "page") == {}
    assert len(site.visits) == 0


@pytest.mark.parametrize("is_swept", [True, False])
def test_a_visit_goes_on_over_midnight_under_the_new_key(walk, is_swept):
    site = walk("Europe/Paris")
    site.view("ada", "2026-11-23 23:50", "/a")
    if is_swept:
        site.sweep("2026-11-24 00:00")
    site.view("ada", "2026-11-24 00:10", "/b")
    if is_swept:
        site.sweep("2026-11-24 00:30:01")
    site.view("ada", "2026-11-24 00:35", "/c")
    assert site.by_hour("visits") == {"2026-11-23 22:00": 1}
    assert site.by_hour("duration") == {"2026-11-23 22:00": 2700}
    assert site.by_hour("visitors") == {"2026-11-23 22:00": 1, "2026-11-23 23:00": 1}
    assert site.by_hour("pageviews") == {"2026-11-23 22:00": 1, "2026-11-23 23:00": 2}
    assert site.values("exits", "page") == {"/c": 1}
    assert len(site.visits) == 1
    assert site.crossed("pageviews", "page", "country") == {
        ("2026-11-23", "/a", "FR"): 1,
        ("2026-11-24", "/b", "FR"): 1,
        ("2026-11-24", "/c", "FR"): 1,
    }


def test_a_visit_ends_at_its_second_midnight(site):
    site.view("ada", "2026-11-23 23:50")
    for hour in range(24):
        for minute in (10, 40):
            site.view("ada", f"2026-11-24 {hour:02}:{minute}")
            site.sweep(f"2026-11-24 {hour:02}:{minute}")
    site.view("ada", "2026-11-24 23:55")
    assert site.total("visits") == 1
    site.view("ada", "2026-11-25 00:05")
    assert site.by_hour("visits") == {"2026-11-23 23:00": 1, "2026-11-25 00:00": 1}


def test_who_comes_back_the_next_day_is_a_new_visitor_and_unknown(site):
    monday = site.hit("ada", "2026-11-23 10:00")
    site.count(monday)
    site.sweep("2026-11-24 10:00")
    tuesday = site.hit("ada", "2026-11-24 10:00")
    site.count(tuesday)
    assert tuesday.visitor_before is None
    assert tuesday.visitor != monday.visitor
    assert site.total("visitors") == site.total("visits") == 2


def test_p6_at_midnight_the_sets_are_gone(site):
    site.view("ada", "2026-11-23 23:50", props=(("plan", "pro"),))
    (day,) = site.visits._numbered.values()
    site.sweep("2026-11-23 23:59:59")
    assert day.seen is not None
    site.sweep("2026-11-24 00:00:00")
    assert day.seen is day._free_text is None
    assert site.visits._seen == site.visits._days == {}


def test_p6_a_quiet_sites_key_is_gone_at_midnight(site):
    site.view("ada", "2026-11-23 22:00")
    site.sweep("2026-11-23 23:59:59")
    assert len(site.keys._keys) == 1
    site.sweep("2026-11-24 00:00:00")
    assert site.keys._keys == {}


def test_p6_a_key_is_gone_30_minutes_after_midnight_at_the_latest(site):
    site.view("ada", "2026-11-23 23:50")
    site.sweep("2026-11-24 00:00")
    assert len(site.keys._keys) == 1
    site.view("ada", "2026-11-24 00:10")
    site.sweep("2026-11-24 00:30:01")
    assert [str(date.fromordinal(day)) for _, day in site.keys._keys] == ["2026-11-24"]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Kolkata", "2026-11-23 18:30:00+00:00"),
        ("America/St_Johns", "2026-11-24 03:30:00+00:00"),
        ("Pacific/Kiritimati", "2026-11-23 10:00:00+00:00"),
    ],
)
def test_p6_midnight_is_the_sites_own(walk, zone, midnight):
    site = walk(zone)
    site.view("ada", "2026-11-23 01:00")
    site.visits.sweep(site.time(midnight) - 1)
    assert len(site.keys._keys) == 1
    site.sweep(midnight)
    assert site.keys._keys == {}


def test_after_two_idle_days_nothing_is_left_in_memory(walk):
    site = walk("Europe/Paris", k=3)
    prop = (("plan", "pro"),)
    site.view("ada", "2026-11-23 23:40", "/a", props=prop)
    site.view("bob", "2026-11-23 23:50", "/b")
    site.sweep("2026-11-24 00:00")
    site.event("bob", "2026-11-24 00:10", "/c", props=prop)
    site.ping("bob", "2026-11-24 00:12", "/c", engaged=5_000)
    site.view("cem", "2026-11-24 10:00", "/a")
    assert site.symbols._days
    assert len(site.crowd)
    for moment in ("2026-11-24 10:30:01", "2026-11-25 00:00", "2026-11-26 00:00"):
        site.sweep(moment)
    visits = site.visits
    assert visits._rows == visits._days == visits._seen == visits._numbered == site.keys._keys == {}
    assert visits._past == visits._ended == []
    running = visits._running
    assert running.scrolls == running.untold == {}
    assert not any(running.brought)
    assert not running._rows.view(np.uint8).any()
    assert not running._wide.any()
    assert site.symbols._days == {}
    assert len(site.crowd) == 0
    assert not site.crowd._waiting.any()


def test_a_silent_visit_is_forgotten_though_others_run(site):
    site.view("ada", "2026-11-23 10:00")
    site.view("bob", "2026-11-23 10:10")
    site.view("ada", "2026-11-23 10:20")
    site.sweep("2026-11-23 10:40")
    assert len(site.visits) == 2
    site.sweep("2026-11-23 10:40:01")
    assert len(site.visits) == 1
    site.sweep("2026-11-23 10:50:01")
    assert len(site.visits) == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_sites_of_one_time_zone_do_not_mix(walk, kind):
    site, other = walk(), walk()
    hit = site.hit("ada", "2026-11-23 10:00")
    site.count(hit)
    elsewhere = other.hit("ada", "2026-11-23 10:01", kind=kind)
    dropped = site.count(msgspec.structs.replace(elsewhere, site=other.site))
    assert dropped is (DropReason.NO_VISIT if kind is Kind.ENGAGEMENT else None)
    assert site.total("visits") == (1 if kind is Kind.ENGAGEMENT else 2)


def test_a_value_past_a_cap_is_told_on_the_next_day(walk):
    site = walk(caps={"source": 1})
    site.view("ada", "2026-11-23 23:40", how=HOW._replace(source="Google"))
    site.view("bob", "2026-11-23 23:50", how=HOW._replace(source="Bing"))
    site.view("bob", "2026-11-24 00:10")
    assert site.values("pageviews", "source") == {"Google": 1, "(other)": 1, "Bing": 1}


def test_free_text_needs_its_crowd_on_each_day(walk):
    site = walk(k=2)
    came = {"how": HOW._replace(utm_term="x")}
    site.view("ada", "2026-11-23 23:50", **came)
    for person in ("bob", "cem"):
        site.view(person, "2026-11-24 00:05", **came)
    site.view("ada", "2026-11-24 00:10")
    assert site.values("pageviews", "utm_term") == {"(other)": 2, "x": 2}


def test_many_visits_run_at_once(site):
    people = [f"person {number}" for number in range(700)]
    for moment in ("2026-11-23 10:00", "2026-11-23 10:10"):
        site.count(*(site.hit(person, moment, f"/{person[-1]}") for person in people))
    assert (len(site.visits), site.total("visits"), site.total("bounces")) == (700, 700, 0)
    assert sum(site.values("pageviews", "page").values()) == 1_400


def test_visitors_with_a_sign_of_life_are_current(site):
    site.view("ada", "2026-11-23 10:00:00")
    site.view("bob", "2026-11-23 10:04:00")
    site.ping("ada", "2026-11-23 10:05:00")
    assert site.visits.current(site.time("2026-11-23 10:05:00")) == {"example.com": 1}
    assert site.visits.current(site.time("2026-11-23 10:04:00")) == {"example.com": 2}
    assert site.visits.current(site.time("2026-11-23 10:05:01")) == {}
