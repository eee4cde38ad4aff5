"""Conditions, sites, and periods, as dashboards ask for them."""

import pytest

from tests.integration.queries.website import SECRET, MakeWebsite, Website

NOON = "2026-11-23 12:00"
PAGES = ("/blog/Bread", "/blog/cakes", "/Pricing", "/")


def _pages(site: Website, *filters: object) -> list[str]:
    rows = site.rows(
        "visitors",
        dimensions=["event:page"],
        filters=list(filters),
        order_by=[["event:page", "asc"]],
    )
    return [page for page, _ in rows]


@pytest.mark.parametrize(
    ("condition", "pages"),
    [
        (["contains_not", "event:page", ["blog", "Pri"]], ["/"]),
        (["matches", "event:page", ["^/blog/.a", "^/$"]], ["/", "/blog/cakes"]),
        (["matches_not", "event:page", ["^/blog/.a", "^/$"]], ["/Pricing", "/blog/Bread"]),
        (["is", "event:page", ["/pricing"], {"case_sensitive": False}], ["/Pricing"]),
        (["is", "event:page", ["/pricing"], {"case_sensitive": True}], []),
        (["is_not", "event:page", ["/PRICING", "/"], {"case_sensitive": False}],
         ["/blog/Bread", "/blog/cakes"]),
        (["contains", "event:page", ["BREAD"], {"case_sensitive": False}], ["/blog/Bread"]),
        (["matches", "event:page", ["pricing$"], {"case_sensitive": False}], ["/Pricing"]),
        (["not", ["contains", "event:page", ["blog"]]], ["/", "/Pricing"]),
        (["or", [["is", "event:page", ["/"]], ["contains", "event:page", ["Bread"]]]],
         ["/", "/blog/Bread"]),
        (["and", [["contains", "event:page", ["/"]], ["not", ["is", "event:page", ["/"]]]]],
         ["/Pricing", "/blog/Bread", "/blog/cakes"]),
    ],
)  # fmt: skip
def test_conditions(website: MakeWebsite, condition: list[object], pages: list[str]):
    site = website()
    for page in PAGES:
        site.traffic("page", page, NOON, visitors=1)
    assert _pages(site, condition) == pages


@pytest.mark.parametrize("value", ["a.b", "\\E.", "(x", "a\\Eb\\Qc", "\u00c9t\u00e9", "$^", "\n"])
def test_letters_of_any_case_are_compared_to_the_letter(website: MakeWebsite, value: str):
    site = website()
    for page in (value, "other"):
        site.traffic("page", page, NOON, visitors=1)
    for operator in ("is", "contains"):
        condition = [operator, "event:page", [value.swapcase()], {"case_sensitive": False}]
        if "\\" not in value:  # \E and \e are different letters
            assert _pages(site, condition) == [value]
        assert _pages(site, [*condition[:2], [value], condition[3]]) == [value]


def test_all_conditions_must_hold(website: MakeWebsite):
    site = website()
    for page in PAGES:
        site.traffic("page", page, NOON, visitors=1)
    blog = ["contains", "event:page", ["blog"]]
    assert _pages(site, blog, ["contains_not", "event:page", ["B"]]) == ["/blog/cakes"]


def test_a_pattern_that_is_none_is_refused(website: MakeWebsite):
    site = website()
    site.traffic("page", "/", NOON, visitors=1)
    body = {
        "site_id": site.domain,
        "metrics": ["visitors"],
        "date_range": "day",
        "filters": [["matches", "event:page", ["(secret"]]],
    }
    answer = site.send(json=body)
    assert answer.status_code == 422
    assert "regular expression" in answer.json()["detail"]
    assert "secret" not in answer.text


def test_conditions_on_two_attributes_meet_in_a_pair(website: MakeWebsite):
    site = website()
    site.traffic("source", "Google", NOON, visits=16, visitors=16)
    for page, source in (("/a", "Google"), ("/a", "Direct"), ("/b", "Google"), ("/b", "Bing")):
        site.crosstab("page source", (page, source), "2026-11-23", visits=8, visitors=8)
    either = ["or", [["is", "visit:source", ["Bing"]], ["is", "event:page", ["/a"]]]]
    assert site.rows("visits", dimensions=["event:page"], filters=[either]) == [
        ["/a", 16],
        ["/b", 8],
    ]
    assert site.rows(
        "visits", filters=[["is", "event:page", ["/a"]], ["is", "visit:source", ["Google"]]]
    ) == [[8]]
    third = ["is", "visit:country", ["FR"]]
    body = {"site_id": site.domain, "metrics": ["visits"], "date_range": "day"}
    refused = site.send(json=body | {"filters": [either, third]})
    assert refused.status_code == 422


def test_a_rate_wants_its_goal_in_a_condition_of_its_own(website: MakeWebsite):
    site = website()
    goal, source = ["is", "event:goal", ["Signup"]], ["is", "visit:source", ["Google"]]
    site.traffic("source", "Google", NOON, visitors=10)
    site.crosstab("goal source", ("Signup", "Google"), "2026-11-23", visits=5, visitors=5)
    assert site.rows("conversion_rate", filters=[goal, source]) == [[50.0]]
    body = {"site_id": site.domain, "metrics": ["conversion_rate"], "date_range": "day"}
    refused = site.send(json=body | {"filters": [["or", [goal, source]]]})
    assert (refused.status_code, refused.json()["field"]) == (422, "filters[0]")


def test_several_sites_are_added_up_each_by_its_own_clock(website: MakeWebsite):
    site = website("Asia/Kolkata", second_zone="America/New_York")
    site.traffic("", "", "2026-11-22 18:30", visitors=1)  # the first hour of the 23rd
    site.traffic("", "", "2026-11-22 17:30", visitors=10)  # the last of the 22nd
    site.traffic("", "", "2026-11-23 05:00", visitors=100, site=site.second)  # the first
    site.traffic("", "", "2026-11-23 04:00", visitors=1000, site=site.second)  # the last
    both = {"site_id": [site.domain, site.second]}

    assert site.rows("visitors", **both) == [[101]]
    assert site.rows("visitors", site_id="*") == [[101]]
    assert site.rows("visitors", "2d", dimensions=["time:day"], **both) == [
        ["2026-11-22", 1010],
        ["2026-11-23", 101],
    ]
    assert site.rows("visitors", dimensions=["site"], **both) == [
        [site.second, 100],
        [site.domain, 1],
    ]
    assert site.rows("visitors", dimensions=["time:week"], **both) == [["2026-11-23", 101]]
    answer = site.ask("visitors", **both)
    assert answer["query"]["site_id"] == [site.domain, site.second]
    assert answer["meta"]["timezone"] == "Asia/Kolkata"


def test_a_star_opens_no_site_of_others(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=1)
    site.traffic("", "", NOON, visitors=5, site="other.example")
    assert site.rows("visitors", site_id="*") == [[1]]
    body = {"site_id": ["*", "other.example"], "metrics": ["visits"], "date_range": "day"}
    assert site.send(json=body).status_code == 403


def test_a_row_for_a_site_and_a_value_divides_by_that_sites_visitors(website: MakeWebsite):
    site = website(second_zone="UTC")
    for domain, all_of_it, signed_up in ((site.domain, 10, 5), (site.second, 20, 5)):
        site.traffic("", "", NOON, visitors=all_of_it, site=domain)
        site.traffic("goal", "Signup", NOON, visitors=signed_up, site=domain)
    assert site.rows(
        "group_conversion_rate conversion_rate",
        site_id="*",
        dimensions=["site", "event:goal"],
        order_by=[["group_conversion_rate", "desc"]],
    ) == [[site.domain, "Signup", 50.0, 16.7], [site.second, "Signup", 25.0, 16.7]]


def test_hours_of_several_days(website: MakeWebsite):
    site = website()  # now is 14:30
    for hour in ("2026-11-22 14:00", "2026-11-22 15:00", "2026-11-23 13:00", "2026-11-23 14:00"):
        site.traffic("", "", hour, visitors=1, hour_visitors=2, visits=1)

    answer = site.ask("visits visitors", "24h")
    assert answer["results"][0]["metrics"] == [3, 3]
    assert "before these hours" in answer["meta"]["definitions"]["visitors"]
    assert answer["meta"]["date_range"] == [
        "2026-11-22T15:00:00+00:00",
        "2026-11-23T14:59:59+00:00",
    ]
    assert site.send(json=answer["query"]).json()["results"] == answer["results"]
    assert site.rows("visitors", "realtime", dimensions=["time"]) == [["2026-11-23 14:00:00", 2]]
    hours = ["2026-11-22T14:00:00", "2026-11-22T14:59:59"]
    assert site.rows("visits", hours) == [[1]]
    pair = {"site_id": site.domain, "metrics": ["visits"], "date_range": hours}
    refused = site.send(json=pair | {"dimensions": ["event:page", "visit:source"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "date_range")


def test_all_begins_with_the_first_record(website: MakeWebsite):
    site = website("Asia/Kolkata")
    site.traffic("", "", "2023-02-27 18:30", visitors=1)
    site.traffic("", "", NOON, visitors=2)
    answer = site.ask("visitors", "all", dimensions=["time"], include={"time_labels": True})
    assert [row["dimensions"] for row in answer["results"]] == [["2023-02-01"], ["2026-11-01"]]
    assert answer["meta"]["date_range"][0] == "2023-02-28T00:00:00+05:30"
    assert answer["meta"]["time_labels"][0] == "2023-02-01"
    assert len(answer["meta"]["time_labels"]) == 46


def test_all_of_nothing_is_today(website: MakeWebsite):
    meta = website().ask("visitors", "all")["meta"]
    assert meta["date_range"] == ["2026-11-23T00:00:00+00:00", "2026-11-23T23:59:59+00:00"]


@pytest.mark.parametrize(
    ("zone", "date_range", "grain", "first", "last", "count"),
    [
        ("UTC", "day", "time:hour", "2026-11-23 00:00:00", "2026-11-23 23:00:00", 24),
        ("Europe/Paris", ["2026-10-25", "2026-10-25"], "time:hour",
         "2026-10-25 00:00:00", "2026-10-25 23:00:00", 24),
        ("Europe/Paris", ["2026-03-29", "2026-03-29"], "time:hour",
         "2026-03-29 00:00:00", "2026-03-29 23:00:00", 23),
        ("Asia/Kolkata", "24h", "time:hour", "2026-11-22 21:00:00", "2026-11-23 20:00:00", 24),
        ("UTC", "7d", "time:day", "2026-11-17", "2026-11-23", 7),
        ("UTC", "month", "time:week", "2026-10-26", "2026-11-23", 5),
        ("UTC", "12mo", "time:month", "2025-12-01", "2026-11-01", 12),
    ],
)  # fmt: skip
def test_fill_gives_a_row_for_every_label(
    website: MakeWebsite, zone, date_range, grain, first, last, count
):
    site = website(zone)
    site.traffic("", "", "2026-10-25 12:00", visitors=3, hour_visitors=3, visits=2, bounces=1)
    now = "2026-11-23 12:30" if zone == "Asia/Kolkata" else NOON
    site.traffic("", "", now, visitors=3, hour_visitors=3, visits=2, bounces=1)
    include = {"fill": True, "time_labels": True}
    answer = site.ask("visitors bounce_rate", date_range, dimensions=[grain], include=include)
    labels = answer["meta"]["time_labels"]
    rows = [(*row["dimensions"], *row["metrics"]) for row in answer["results"]]
    assert (labels[0], labels[-1], len(labels)) == (first, last, count)
    assert [row[0] for row in rows] == labels
    unfilled = site.rows("visitors bounce_rate", date_range, dimensions=[grain])
    assert [list(row) for row in rows if row[1]] == unfilled
    assert {row[1:] for row in rows if not row[1]} <= {(0, None)}


def test_fill_keeps_order_and_pages(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=3)
    rows = site.rows(
        "visitors", "7d", dimensions=["time:day"], include={"fill": True},
        order_by=[["visitors", "desc"], ["time:day", "desc"]], pagination={"limit": 2},
    )  # fmt: skip
    assert rows == [["2026-11-23", 3], ["2026-11-22", 0]]


def _compared(site: Website, metrics: str, date_range: object, mode: object, **more: object):
    include = {"comparisons": mode if isinstance(mode, dict) else {"mode": mode}}
    return site.ask(metrics, date_range, include=include, **more)


def test_totals_compared_with_the_period_before(website: MakeWebsite):
    site = website()
    site.traffic("", "", NOON, visitors=30, visits=20, bounces=5)
    site.traffic("", "", "2026-11-22 12:00", visitors=20, visits=20, bounces=10)
    answer = _compared(site, "visitors bounce_rate events", "day", "previous_period")
    assert answer["results"] == [
        {
            "dimensions": [],
            "metrics": [30, 25.0, 0],
            "comparison": {
                "dimensions": [],
                "metrics": [20, 50.0, 0],
                "change": [50, -25.0, 0],
            },
        }
    ]
    assert answer["meta"]["comparison_date_range"] == [
        "2026-11-22T00:00:00+00:00",
        "2026-11-22T23:59:59+00:00",
    ]


def test_rows_are_compared_by_their_values(website: MakeWebsite):
    site = website()
    for page, day, visitors in (
        ("/a", "2026-11-23", 4), ("/b", "2026-11-23", 2), ("/c", "2026-11-23", 1),
        ("/a", "2026-11-16", 2), ("/d", "2026-11-16", 9), ("/c", "2026-11-16", 1),
    ):  # fmt: skip
        site.traffic("page", page, f"{day} 12:00", visitors=visitors)
    mode = {"mode": "previous_period", "match_day_of_week": True}
    answer = _compared(
        site, "visitors bounce_rate", "day", mode, dimensions=["event:page"],
        pagination={"limit": 2},
    )  # fmt: skip
    assert [row["comparison"] for row in answer["results"]] == [
        {"dimensions": ["/a"], "metrics": [2, None], "change": [100, None]},
        {"dimensions": ["/b"], "metrics": [0, None], "change": [100, None]},
    ]


@pytest.mark.parametrize(
    ("mode", "before"),
    [
        ("previous_period", ["2026-11-20", "2026-11-21"]),
        ({"mode": "previous_period", "match_day_of_week": True}, ["2026-11-15", "2026-11-16"]),
        ("year_over_year", ["2025-11-22", "2025-11-23"]),
        ({"mode": "year_over_year", "match_day_of_week": True}, ["2025-11-23", "2025-11-24"]),
        ({"mode": "custom", "date_range": ["2024-01-01", "2024-01-02"]},
         ["2024-01-01", "2024-01-02"]),
    ],
)  # fmt: skip
def test_steps_of_time_are_compared_by_their_place(website: MakeWebsite, mode, before):
    site = website()
    for day, visitors in zip([*before, "2026-11-22"], (1, 5, 2), strict=True):
        site.traffic("", "", f"{day} 12:00", visitors=visitors)
    answer = _compared(site, "visitors", "2d", mode, dimensions=["time:day"])
    assert answer["results"][0] == {
        "dimensions": ["2026-11-22"],
        "metrics": [2],
        "comparison": {"dimensions": before[:1], "metrics": [1], "change": [100]},
    }


def test_time_and_value_are_compared_together(website: MakeWebsite):
    site = website()
    site.traffic("source", "Google", "2026-11-22 12:00", visitors=2)
    site.traffic("source", "Google", "2026-11-20 12:00", visitors=4)
    site.traffic("source", "Bing", "2026-11-20 12:00", visitors=8)
    answer = _compared(
        site, "visitors", "2d", "previous_period", dimensions=["time:day", "visit:source"]
    )
    assert [row["comparison"] for row in answer["results"]] == [
        {"dimensions": ["2026-11-20", "Google"], "metrics": [4], "change": [-50]}
    ]


def test_hours_are_compared_with_the_hours_before(website: MakeWebsite):
    site = website()
    site.traffic("", "", "2026-11-23 14:00", visits=4)
    site.traffic("", "", "2026-11-22 14:00", visits=2)
    answer = _compared(site, "visits", "24h", "previous_period")
    assert answer["results"][0]["comparison"]["metrics"] == [2]
    answer = _compared(site, "visits", "24h", "previous_period", dimensions=["time:hour"])
    assert answer["results"][0]["comparison"]["dimensions"] == ["2026-11-22 14:00:00"]


def test_a_leap_day_is_compared_with_the_last_of_february(website: MakeWebsite):
    site = website()
    site.traffic("", "", "2023-02-28 12:00", visits=4)
    answer = _compared(site, "visits", ["2024-02-29", "2024-02-29"], "year_over_year")
    assert answer["results"][0]["comparison"]["metrics"] == [4]


def test_imported_statistics_are_told_to_be_none(website: MakeWebsite):
    meta = website().ask("visitors", include={"imports": True})["meta"]
    assert meta["imports_included"] is False
    assert SECRET not in str(meta)


def test_countries_go_by_name_too(website: MakeWebsite):
    site = website()
    for code, visitors in (("DE", 4), ("PL", 3), ("(unknown)", 2), ("FR", 1)):
        site.traffic("country", code, NOON, visitors=visitors)
    by_name = {"dimensions": ["visit:country_name"]}
    assert site.rows("visitors", **by_name) == [
        ["Germany", 4],
        ["Poland", 3],
        ["(unknown)", 2],
        ["France", 1],
    ]
    named = ["contains", "visit:country_name", ["GER", "land"], {"case_sensitive": False}]
    assert site.rows("visitors", **by_name, filters=[named]) == [["Germany", 4], ["Poland", 3]]
    site.crosstab("source country", ("Google", "DE"), "2026-11-23", visits=8)
    german = ["is", "visit:country_name", ["Germany"]]
    assert site.rows("visits", dimensions=["visit:source"], filters=[german]) == [["Google", 8]]
