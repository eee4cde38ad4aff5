"""Queries by HTTP, answered from records made by hand in a real ClickHouse."""

import json

import pytest
from stores import KINDS

from tests.integration.queries.website import MakeWebsite

STORES = KINDS

NOON = "2026-11-23 12:00"


def test_totals_without_traffic_are_a_row_of_zeros(website: MakeWebsite):
    answer = website().ask("visitors pageviews bounce_rate")

    assert answer["results"] == [{"metrics": [0, 0, None], "dimensions": []}]
    assert answer["meta"]["withheld"] is None


def test_a_breakdown_without_traffic_is_empty(website: MakeWebsite):
    assert website().rows("visitors", dimensions=["event:page"]) == []


def test_totals_are_the_sums_of_the_range(website: MakeWebsite):
    site = website()
    site.traffic("", "", "2026-11-22 23:00", visitors=9, visits=9, pageviews=9)
    site.traffic("", "", "2026-11-23 00:00", visitors=2, visits=3, pageviews=7, bounces=1)
    site.traffic("", "", NOON, visitors=1, visits=1, pageviews=2, events=4, duration=100)

    metrics = "visitors visits pageviews events views_per_visit bounce_rate visit_duration"
    assert site.rows(metrics) == [[3, 4, 9, 4, 2.25, 25.0, 25]]
    assert site.rows("visitors", "7d") == [[12]]
    assert site.rows("visitors", ["2026-11-22", "2026-11-22"]) == [[9]]


def test_the_days_are_those_of_the_sites_zone(website: MakeWebsite):
    site = website("Asia/Kolkata")  # UTC+5:30
    site.traffic("", "", "2026-11-22 17:30", visitors=1)  # the last hour of the 22nd
    site.traffic("", "", "2026-11-22 18:30", visitors=10)  # the first of the 23rd
    site.traffic("", "", "2026-11-23 17:30", visitors=100)

    assert site.rows("visitors") == [[110]]
    assert site.rows("visitors", "7d", dimensions=["time:day"]) == [
        ["2026-11-22", 1],
        ["2026-11-23", 110],
    ]
    meta = site.ask("visitors", "7d")["meta"]
    assert meta["timezone"] == "Asia/Kolkata"
    assert meta["date_range"] == ["2026-11-17T00:00:00+05:30", "2026-11-23T23:59:59+05:30"]


def test_hours_are_those_of_the_sites_clock_and_count_their_own_visitors(website: MakeWebsite):
    site = website("Asia/Kolkata")
    site.traffic("", "", "2026-11-22 18:30", visitors=3, hour_visitors=3, visits=3)
    site.traffic("", "", "2026-11-22 19:30", visitors=1, hour_visitors=4, visits=1)

    assert site.rows("visitors visits", dimensions=["time"]) == [
        ["2026-11-23 00:00:00", 3, 3],
        ["2026-11-23 01:00:00", 4, 1],
    ]


def test_pages_by_hour_count_visitors_where_they_were_first(website: MakeWebsite):
    site = website()
    site.traffic("page", "/", NOON, visitors=2, pageviews=3)
    site.traffic("page", "/", "2026-11-23 13:00", visitors=0, pageviews=1)

    answer = site.ask("visitors pageviews", dimensions=["time", "event:page"])
    assert [row["metrics"] for row in answer["results"]] == [[2, 3], [0, 1]]
    assert "first" in answer["meta"]["definitions"]["visitors"]


def test_weeks_begin_on_monday_and_add_up_days(website: MakeWebsite):
    site = website()
    for day in ("2026-10-31", "2026-11-15", "2026-11-16", "2026-11-22", "2026-11-23"):
        site.traffic("", "", f"{day} 12:00", visitors=1)

    answer = site.ask("visitors", "2mo", dimensions=["time:week"])
    assert [(*row["dimensions"], *row["metrics"]) for row in answer["results"]] == [
        ("2026-10-26", 1),
        ("2026-11-09", 1),
        ("2026-11-16", 2),
        ("2026-11-23", 1),
    ]
    assert "added up" in answer["meta"]["definitions"]["visitors"]
    assert site.rows("visitors", "2mo", dimensions=["time:month"]) == [
        ["2026-10-01", 1],
        ["2026-11-01", 4],
    ]


def test_one_dimension_adds_up_to_the_totals(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=6, visits=7)
    site.traffic("source", "Google", NOON, visitors=4, visits=4)
    site.traffic("source", "Direct", NOON, visitors=3, visits=3)

    rows = site.rows("visits visitors percentage", dimensions=["visit:source"])
    assert rows == [["Google", 4, 4, 66.7], ["Direct", 3, 3, 50.0]]
    assert site.rows("visits") == [[sum(visits for _, visits, *_ in rows)]]


def test_pages_speak_of_the_visits_that_entered_there(website: MakeWebsite):
    site = website()
    site.traffic(
        "page", "/", NOON,
        pageviews=10, visitors=7, visits=8, entries=4, exits=2, bounces=1,
        duration=200, engagement=80_400, scroll=300, scroll_visits=4,
    )  # fmt: skip

    metrics = (
        "bounce_rate visit_duration time_on_page scroll_depth entries exits exit_rate "
        "views_per_visit engagement"
    )
    expected = [25.0, 50, 10, 75, 4, 2, 25.0, 1.25, 80]
    assert site.rows(metrics, dimensions=["event:page"]) == [["/", *expected]]
    assert site.rows(metrics, filters=[["is", "event:page", ["/"]]]) == [expected]


@pytest.mark.parametrize(
    ("condition", "pages"),
    [
        (["is", "event:page", ["/a", "/b's"]], ["/a", "/b's"]),
        (["is_not", "event:page", ["/a"]], ["/A/b", "/b's", "/c%_\\d"]),
        (["contains", "event:page", ["a", "%_\\"]], ["/a", "/c%_\\d"]),
        (["contains", "event:page", ["%"]], ["/c%_\\d"]),
        (["is", "event:page", ["' OR 1=1 --", "{site:String}", "\x00"]], []),
    ],
)
def test_filters_compare_values_to_the_letter(
    website: MakeWebsite, condition: list[object], pages: list[str]
):
    site = website()
    for page in ("/a", "/A/b", "/b's", "/c%_\\d"):
        site.traffic("page", page, NOON, visitors=1)

    rows = site.rows("visitors", dimensions=["page"], filters=[condition])
    assert [page for page, _ in rows] == pages


def test_values_that_a_filter_adds_up_are_told(website: MakeWebsite):
    site = website()
    site.traffic("page", "/a", NOON, visitors=2, visits=2)
    site.traffic("page", "/b", NOON, visitors=2, visits=2)

    several = site.ask("visitors visits", filters=[["contains", "event:page", ["/"]]])
    assert several["results"][0]["metrics"] == [4, 4]
    assert "counts twice" in several["meta"]["definitions"]["visitors"]
    assert "counts twice" in several["meta"]["definitions"]["visits"]
    single = site.ask("visitors visits", filters=[["is", "event:page", ["/a"]]])
    assert "counts twice" not in json.dumps(single["meta"])


def test_what_was_taken_back_is_no_row(website: MakeWebsite):
    site = website()
    site.traffic("exit_page", "/a", NOON, visitors=1, visits=1, pageviews=1)
    site.insert()  # a batch of its own, else ClickHouse drops the two as it takes them
    site.traffic("exit_page", "/a", NOON, visitors=-1, visits=-1, pageviews=-1)
    site.traffic("exit_page", "/b", NOON, visitors=1, visits=1, pageviews=2)

    query = {"dimensions": ["visit:exit_page"], "include": {"total_rows": True}}
    assert site.rows("visits", **query) == [["/b", 1]]
    assert site.ask("visits", **query)["meta"]["total_rows"] == 1


def test_order_and_pages(website: MakeWebsite):
    site = website()
    for page, visitors, pageviews in (("/a", 1, 9), ("/b", 2, 5), ("/c", 2, 7), ("/d", 3, 7)):
        site.traffic("page", page, NOON, visitors=visitors, pageviews=pageviews)

    def pages(**more: object) -> str:
        rows = site.rows("visitors pageviews", dimensions=["event:page"], **more)
        return "".join(page for page, *_ in rows)

    assert pages() == "/d/b/c/a"
    assert pages(order_by=[["event:page", "desc"]]) == "/d/c/b/a"
    assert pages(order_by=[["pageviews", "desc"], ["visitors", "asc"]]) == "/a/c/d/b"
    assert pages(pagination={"limit": 2}) == "/d/b"
    assert pages(pagination={"limit": 2, "offset": 2}) == "/c/a"
    last = {"pagination": {"limit": 2, "offset": 9}, "include": {"total_rows": True}}
    answer = site.ask("visitors", dimensions=["event:page"], **last)
    assert (answer["results"], answer["meta"]["total_rows"]) == ([], 4)


def test_properties_and_events_have_names_of_their_own(website: MakeWebsite):
    site = website()
    site.traffic("event", "Signup", NOON, events=3, visits=2, visitors=2)
    site.traffic("prop:plan", "pro", NOON, events=2, visits=1, visitors=1)
    site.traffic("prop:plan", "(other)", NOON, events=1, visits=1, visitors=1)

    assert site.rows("events visitors", dimensions=["event:name"]) == [["Signup", 3, 2]]
    answer = site.ask("events", dimensions=["event:props:plan"])
    assert [row["dimensions"] for row in answer["results"]] == [["pro"], ["(other)"]]
    assert "(other)" in answer["meta"]["other"]
    assert "other" not in site.ask("events", dimensions=["event:name"])["meta"]


def test_conversion_rates_of_the_site(website: MakeWebsite):
    site = website()
    site.traffic("", "", "2026-11-22 12:00", visitors=5)
    site.traffic("", "", NOON, visitors=20)
    site.traffic("goal", "Signup", NOON, visitors=5, visits=5, events=6)

    assert site.rows("conversion_rate", dimensions=["event:goal"]) == [["Signup", 25.0]]
    signup = {"filters": [["is", "event:goal", ["Signup"]]]}
    assert site.rows("conversion_rate", "7d", **signup) == [[20.0]]
    rates = "conversion_rate group_conversion_rate"
    assert site.rows(rates, "7d", dimensions=["time:day"], **signup) == [["2026-11-23", 20.0, 25.0]]


def test_group_conversion_rates_by_source_divide_by_the_visitors_of_the_source(
    website: MakeWebsite,
):
    site = website()
    site.traffic("", "", NOON, visitors=100)
    site.traffic("goal", "Signup", NOON, visitors=15, visits=15)
    for source, visitors, converted in (("Google", 40, 10), ("Direct", 60, 5)):
        site.traffic("source", source, NOON, visitors=visitors, visits=visitors)
        values = ("Signup", source)
        site.crosstab("goal source", values, "2026-11-23", visitors=converted, visits=converted)

    by_source = [["Google", 25.0], ["Direct", 8.3]]
    assert by_source == site.rows(
        "group_conversion_rate",
        dimensions=["visit:source"],
        filters=[["is", "event:goal", ["Signup"]]],
        order_by=[["group_conversion_rate", "desc"]],
    )
    assert site.rows("conversion_rate", dimensions=["visit:source", "event:goal"]) == [
        ["Google", "Signup", 10.0],
        ["Direct", "Signup", 5.0],
    ]
    by_day = site.rows("group_conversion_rate", "7d", dimensions=["time:day", "source", "goal"])
    assert by_day == [["2026-11-23", source, "Signup", rate] for source, rate in by_source]
    assert site.rows(
        "conversion_rate",
        dimensions=["event:goal"],
        filters=[["is", "visit:source", ["Google"]]],
    ) == [["Signup", 25.0]]


def test_a_percentage_is_of_the_visitors_that_the_filter_lets_in(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=90)
    site.traffic("country", "FR", NOON, visitors=40, visits=40)
    site.traffic("country", "DE", NOON, visitors=50, visits=50)
    site.crosstab("source country", ("Google", "FR"), "2026-11-23", visitors=30, visits=30)

    query = {"dimensions": ["visit:source"], "filters": [["is", "visit:country", ["FR"]]]}
    assert site.rows("percentage", **query) == [["Google", 75.0]]


def test_pairs_come_by_day_week_and_month_in_any_order_of_dimensions(website: MakeWebsite):
    site = website("Asia/Kolkata")
    for day in ("2026-11-16", "2026-11-22", "2026-11-23"):
        site.crosstab("page source", ("/", "Google"), day, visitors=5, visits=6)

    assert site.rows("visits", "7d", dimensions=["source", "time:week", "page"]) == [
        ["Google", "2026-11-16", "/", 6],
        ["Google", "2026-11-23", "/", 6],
    ]
    # A day of two attributes comes by day, since pairs have no hours.
    assert site.rows("visits", dimensions=["time", "source", "page"]) == [
        ["2026-11-23", "Google", "/", 6]
    ]


def test_an_answer_repeats_the_query_so_that_it_can_be_sent_again(website: MakeWebsite):
    site = website()
    site.traffic("page", "/", NOON, visitors=1)
    answer = site.ask("visitors", dimensions=["time", "page"], filters=[["is", "page", ["/"]]])

    assert answer["query"] == {
        "site_id": site.domain,
        "metrics": ["visitors"],
        "date_range": ["2026-11-23", "2026-11-23"],
        "dimensions": ["time:hour", "event:page"],
        "filters": [["is", "event:page", ["/"]]],
        "order_by": [["time:hour", "asc"], ["visitors", "desc"]],
        "include": {"total_rows": False},
        "pagination": {"limit": 10_000, "offset": 0},
    }
    assert site.send(json=answer["query"]).json() == answer


def test_a_site_is_found_by_any_way_to_write_it(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=1)
    body = {"site_id": f"WWW.{site.domain}", "metrics": ["visitors"], "date_range": "day"}
    assert site.send(json=body).json()["results"][0]["metrics"] == [1]
