"""The requests that Plausible documents (https://plausible.io/docs/stats-api), asked of footfall.

What needs records of single visitors or of money is refused, with a problem that says so.
"""

import pytest

from tests.integration.queries.website import MakeWebsite

ANSWERED = {
    "simple aggregate": {
        "metrics": ["visitors", "pageviews", "bounce_rate", "views_per_visit", "visit_duration"],
        "date_range": "7d",
    },
    "custom date range": {
        "metrics": ["visitors", "visits", "events"],
        "date_range": ["2026-10-02", "2026-11-02"],
    },
    "custom date and time range": {
        "metrics": ["visitors"],
        "date_range": ["2026-11-01T12:00:00+01:00", "2026-11-01T15:59:59+01:00"],
    },
    "countries": {
        "metrics": ["visitors", "pageviews", "bounce_rate"],
        "date_range": "7d",
        "filters": [["is_not", "visit:country_name", [""]]],
        "dimensions": ["visit:country_name"],
    },
    "cities": {"metrics": ["visitors"], "date_range": "7d", "dimensions": ["visit:city_name"]},
    "utm": {
        "metrics": ["visitors", "events", "pageviews"],
        "date_range": "7d",
        "filters": [["is_not", "visit:utm_medium", [""]]],
        "dimensions": ["visit:utm_medium"],
    },
    "filtering by page and country": {
        "metrics": ["visitors", "pageviews"],
        "date_range": "28d",
        "filters": [
            ["contains", "event:page", ["/docs", "/login"]],
            ["or", [["is", "visit:country", ["DE"]], ["is", "visit:country", ["EE"]]]],
        ],
    },
    "case-insensitive": {
        "metrics": ["visitors"],
        "date_range": "30d",
        "dimensions": ["visit:country_name"],
        "filters": [
            ["contains", "visit:country_name", ["united", "EST"], {"case_sensitive": False}]
        ],
    },
    "regular expression": {
        "metrics": ["pageviews"],
        "date_range": "91d",
        "dimensions": ["event:page"],
        "filters": [["matches", "event:page", [r"^/user/\d+$"]]],
    },
    "negation": {
        "metrics": ["visitors"],
        "date_range": "month",
        "filters": [["not", ["is", "visit:country_name", ["Germany"]]]],
    },
    "time series": {
        "metrics": ["visitors", "events"],
        "date_range": "7d",
        "filters": [["is", "visit:os", ["GNU/Linux", "Mac"]]],
        "dimensions": ["time"],
    },
    "hourly, with labels": {
        "metrics": ["visitors", "pageviews"],
        "date_range": "day",
        "dimensions": ["time:hour"],
        "include": {"time_labels": True},
    },
    "custom properties": {
        "metrics": ["visitors", "pageviews"],
        "date_range": "12mo",
        "dimensions": ["event:props:path"],
        "filters": [["is", "event:props:path", ["/404"]]],
        "order_by": [["pageviews", "desc"], ["event:props:path", "asc"]],
    },
    "imports": {
        "metrics": ["visitors", "visits"],
        "date_range": "all",
        "include": {"imports": True},
    },
    "pages of rows": {
        "metrics": ["visitors"],
        "date_range": "6mo",
        "dimensions": ["visit:source"],
        "include": {"total_rows": True},
        "pagination": {"limit": 100, "offset": 5},
    },
    "goals": {
        "metrics": ["visitors", "conversion_rate", "group_conversion_rate", "percentage"],
        "date_range": "year",
        "dimensions": ["event:goal"],
    },
    "page metrics": {
        "metrics": ["scroll_depth", "time_on_page", "visitors"],
        "date_range": "7d",
        "filters": [["is", "event:page", ["/"]]],
    },
}

REFUSED = {
    "country and city together": (
        {"dimensions": ["visit:country_name", "visit:city_name"]},
        "dimensions",
    ),
    "medium and source together": (
        {"dimensions": ["visit:utm_medium", "visit:utm_source"]},
        "dimensions",
    ),
    "property within a goal": (
        {"dimensions": ["event:props:path"], "filters": [["is", "event:goal", ["404"]]]},
        "dimensions",
    ),
    "revenue": ({"metrics": ["average_revenue", "total_revenue"]}, "metrics[0]"),
    "segment": ({"filters": [["is", "segment", [5]]]}, "filters[0][1]"),
    "behavior": (
        {"filters": [["has_done", ["is", "event:page", ["/pricing"]]]]},
        "filters[0][0]",
    ),
    "time in a filter": ({"filters": [["is", "time", ["2026-01-01"]]]}, "filters[0][1]"),
    "hostname of the entry page": (
        {"dimensions": ["visit:entry_page_hostname"]},
        "dimensions[0]",
    ),
}


@pytest.mark.parametrize("request_body", ANSWERED.values(), ids=ANSWERED.keys())
def test_answered(website: MakeWebsite, request_body: dict[str, object]):
    site = website()
    answer = site.send(json={"site_id": site.domain} | request_body)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert set(document) == {"results", "meta", "query"}
    assert document["query"]["metrics"] == request_body["metrics"]
    for row in document["results"]:
        assert len(row["metrics"]) == len(request_body["metrics"])
        assert len(row["dimensions"]) == len(request_body.get("dimensions", []))
    if not request_body.get("dimensions"):
        assert len(document["results"]) == 1


@pytest.mark.parametrize(("change", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_what_would_work(website: MakeWebsite, change: dict[str, object], field: str):
    site = website()
    body = {"site_id": site.domain, "metrics": ["visitors"], "date_range": "7d"}
    answer = site.send(json=body | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert answer.json()["error"].startswith(f"{field}: ")
