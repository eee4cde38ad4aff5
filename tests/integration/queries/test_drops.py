"""How many hits were not counted, asked by HTTP."""

import httpx
import pytest
from stores import KINDS

from tests.integration.queries.website import MakeWebsite, Website

STORES = KINDS


def _ask(site: Website, date_range: str = "day", **more: str) -> httpx.Response:
    params = {"site_id": site.domain, "date_range": date_range} | more
    return site.send("GET", "/api/v2/drops", params=params)


def _with_drops(site: Website) -> Website:
    for reason, hour, hits in (
        ("robot", "2026-11-22 18:00", 7),  # in Kolkata, the hour that ends at midnight is 17:30
        ("robot", "2026-11-22 18:30", 2),
        ("robot", "2026-11-23 12:30", 3),
        ("opt_out", "2026-11-23 12:30", 9),
    ):
        site.drop(reason, hour, hits)
    return site


def test_drops_are_counted_by_reason_the_most_first(website: MakeWebsite):
    answer = _ask(_with_drops(website("Asia/Kolkata"))).json()
    assert answer == {
        "results": [{"reason": "opt_out", "hits": 9}, {"reason": "robot", "hits": 5}],
        "meta": {
            "date_range": ["2026-11-23T00:00:00+05:30", "2026-11-23T23:59:59+05:30"],
            "timezone": "Asia/Kolkata",
        },
    }


@pytest.mark.parametrize(
    ("date_range", "time", "rows"),
    [
        ("day", "time", [("2026-11-23 00:00:00", 2), ("2026-11-23 18:00:00", 3)]),
        ("2026-11-22,2026-11-23", "time:day", [("2026-11-22", 7), ("2026-11-23", 5)]),
        ("month", "time:month", [("2026-11-01", 12)]),
    ],
)
def test_drops_come_by_time(
    website: MakeWebsite, date_range: str, time: str, rows: list[tuple[str, int]]
):
    site = _with_drops(website("Asia/Kolkata"))
    results = _ask(site, date_range, dimensions=time).json()["results"]
    robots = [(each[time], each["hits"]) for each in results if each["reason"] == "robot"]
    assert robots == rows


def test_a_quiet_site_has_no_rows(website: MakeWebsite):
    assert _ask(website()).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"dimensions": "visit:country"}, 422, "dimensions"),
        ({"dimensions": "time:day,time:week"}, 422, "dimensions"),
        ({"date_range": "ever"}, 422, "date_range"),
        ({"date_range": ""}, 400, "date_range"),
        ({"site_id": "other.example"}, 403, "site_id"),
        ({"metrics": "visitors"}, 400, ""),
    ],
)
def test_what_cannot_be_answered_is_named(
    website: MakeWebsite, change: dict[str, str], status: int, field: str
):
    refused = _ask(website(), **change)
    assert (refused.status_code, refused.json()["field"]) == (status, field)


def test_drops_need_a_key(website: MakeWebsite):
    site = website()
    params = {"site_id": site.domain, "date_range": "day"}
    assert site.send("GET", "/api/v2/drops", params=params, headers={}).status_code == 401
