"""Queries by URL: as JSON, as flat rows for Grafana, and as CSV for spreadsheets."""

import csv
import io
import re

import pytest

from ingest.store.client import Store
from tests.integration.queries.website import SECRET, MakeWebsite, Website

NOON = "2026-11-23 12:00"


def _with_pages(site: Website, count: int = 3) -> Website:
    for number in range(count):
        site.traffic("page", f"/{number:05}", NOON, visitors=number + 1, visits=number + 1)
    return site


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_parameters_ask_what_a_document_asks(website: MakeWebsite):
    site = _with_pages(website())
    conditions = [["contains", "event:page", ["1", "2"]]]
    got = site.get(
        "visitors,visits",
        dimensions="event:page",
        filters='[["contains","event:page",["1","2"]]]',
        order_by="visitors:asc,event:page:desc",
        limit=5,
        offset=1,
        include="total_rows",
    )
    assert got.json() == site.ask(
        "visitors visits",
        dimensions=["event:page"],
        filters=conditions,
        order_by=[["visitors", "asc"], ["event:page", "desc"]],
        pagination={"limit": 5, "offset": 1},
        include={"total_rows": True},
    )
    assert got.json()["meta"]["total_rows"] == 2


def test_rows_are_a_flat_array_as_grafanas_infinity_takes_it(website: MakeWebsite):
    site = _with_pages(website(), 2)
    response = site.get("visitors,bounce_rate", dimensions="page", format="rows")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == [
        {"page": "/00001", "visitors": 2, "bounce_rate": None},
        {"page": "/00000", "visitors": 1, "bounce_rate": None},
    ]


def test_a_csv_is_a_header_and_rows(website: MakeWebsite):
    site = website()
    site.traffic(
        "page", "/über,uns", NOON, visits=3, entries=2, bounces=1, duration=61, pageviews=3
    )
    metrics = "visits,bounce_rate,visit_duration,scroll_depth"
    response = site.get(metrics, dimensions="event:page", format="csv")
    assert response.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    name = f'attachment; filename="{site.domain}_event-page_day.csv"'
    assert response.headers["content-disposition"] == name
    assert response.content.decode() == (
        'event:page,visits,bounce_rate,visit_duration,scroll_depth\r\n"/über,uns",3,50.0,30,\r\n'
    )


def test_a_csv_has_any_number_of_rows_and_fewer_if_asked(website: MakeWebsite):
    site = _with_pages(website(), 70_001)  # more than one of ClickHouse's blocks, and than a page
    table = _table(site.get("visitors", dimensions="event:page", format="csv").text)
    assert table[0] == ["event:page", "visitors"]
    assert [int(visitors) for _, visitors in table[1:]] == list(range(70_001, 0, -1))
    fewer = site.get("visitors", dimensions="event:page", format="csv", limit=2, offset=1)
    assert [page for page, _ in _table(fewer.text)] == ["event:page", "/69999", "/69998"]


def test_a_csv_without_rows_is_a_header(website: MakeWebsite):
    response = website().get("visitors", dimensions="event:page", format="csv")
    assert response.text == "event:page,visitors\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_of_a_csv_is_a_formula(website: MakeWebsite, start: str):
    site = website()
    formula = f'{start}HYPERLINK("https://evil.example")'
    site.traffic("utm_campaign", formula, NOON, visitors=5, visits=5)
    table = _table(site.get("visitors", dimensions="utm_campaign", format="csv").text)
    assert table[1] == [f"'{formula}", "5"]


def test_a_download_that_cannot_begin_is_a_problem(website: MakeWebsite, monkeypatch):
    site = website()
    monkeypatch.setattr("queries.run.MEMORY_LIMIT", 1)
    refused = site.get("visitors", dimensions="event:page", format="csv")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    monkeypatch.undo()
    assert [site.get("visits", format="csv").status_code for _ in range(9)] == [200] * 9


def test_a_stream_that_is_left_early_lets_go(store: Store):
    for _ in range(3):
        blocks = store.stream("SELECT number FROM numbers(10000000)")
        assert next(blocks)[0] == (0,)
        blocks.close()
    assert store.query("SELECT 1") == [(1,)]


def test_a_parameter_may_hold_the_key_where_no_header_can_be_sent(website: MakeWebsite):
    site = website()
    asked = {"site_id": site.domain, "metrics": "visits", "date_range": "day"}
    response = site.send("GET", params=asked | {"key": SECRET}, headers={})
    assert response.status_code == 200
    assert SECRET not in response.text
    for wrong in ({}, {"key": "another"}):
        refused = site.send("GET", params=asked | wrong, headers={})
        assert refused.status_code == 401
        assert "another" not in refused.text


def test_a_post_takes_no_key_from_the_url(website: MakeWebsite):
    site = website()
    body = {"site_id": site.domain, "metrics": ["visits"], "date_range": "day"}
    assert site.send(json=body, params={"key": SECRET}, headers={}).status_code == 401


@pytest.mark.parametrize(
    ("parameters", "status", "field"),
    [
        ({"limit": "0"}, 400, "limit"),
        ({"limit": "10001"}, 400, "limit"),
        ({"limit": "x"}, 400, "limit"),
        ({"metrics": "shoes"}, 422, "metrics[0]"),
        ({"dimensions": "visit:shoe_size"}, 422, "dimensions[0]"),
        ({"filters": '[["is","visit:shoe_size",["43"]]]'}, 422, "filters[0][1]"),
        ({"date_range": "2026-01-31,2026-01-01"}, 422, "date_range"),
        ({"order_by": "pageviews:desc"}, 422, "order_by[0]"),
        ({"site_id": "other.example"}, 403, "site_id"),
        ({"format": "xml"}, 400, "format"),
    ],
)
def test_problems_name_the_parameter(
    website: MakeWebsite, parameters: dict[str, str], status: int, field: str
):
    asked = {"metrics": "visitors"} | parameters
    response = website().get(**asked)
    assert (response.status_code, response.json()["field"]) == (status, field)


def test_a_very_long_url_is_refused(website: MakeWebsite):
    assert website().get("visitors", dimensions="x" * 17_000).status_code == 414


def test_file_names_hold_nothing_odd(website: MakeWebsite):
    dimensions = 'event:props:";\r\n../é'
    response = website().get("visitors", dimensions=dimensions, format="csv")
    name = re.fullmatch(r'attachment; filename="(.*)"', response.headers["content-disposition"])
    assert re.fullmatch(r"[A-Za-z0-9._-]+\.csv", name[1])
