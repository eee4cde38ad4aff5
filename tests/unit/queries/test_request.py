import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.settings import Site
from queries.catalogue import DAY, HOUR, MONTH, WEEK, Grain, attribute, metric
from queries.problem import ProblemError
from queries.request import parse
from tests.unit.queries.conftest import MakeQuery

SITE = Site(domain="example.com")
MINIMAL = {"site_id": "example.com", "metrics": ["visits", "visitors"], "date_range": "7d"}


def _problem(body: object) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        parse(body if isinstance(body, bytes) else json.dumps(body).encode(), lambda _: (SITE,), 0)
    return caught.value


def test_what_is_left_out_has_defaults(query: MakeQuery):
    parsed = query("visits visitors", dimensions=["event:page", "time:day"])
    assert parsed.metrics == (metric("visits"), metric("visitors"))
    assert parsed.period[:2] == (date(2026, 11, 17), date(2026, 11, 23))
    assert parsed.filters == ()
    assert parsed.order_by == ((DAY, False), (metric("visits"), True))
    assert (parsed.pagination.limit, parsed.pagination.offset) == (10_000, 0)
    assert not parsed.include.total_rows


def test_today_is_the_sites(query: MakeQuery):
    asked = []

    def open_sites(domains: Sequence[str]) -> tuple[Site, ...]:
        asked.extend(domains)
        return (SITE,)

    body = json.dumps(MINIMAL | {"site_id": " WWW.Example.com", "date_range": "day"}).encode()
    assert parse(body, open_sites, 86_399.9).period.last == date(1970, 1, 1)
    assert parse(body, open_sites, 86_400.0).period.last == date(1970, 1, 2)
    assert asked == ["example.com", "example.com"]
    assert query(date_range="day").period.last == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("date_range", "dimensions", "filters", "grain"),
    [
        ("day", ["time"], [], HOUR),
        (["2026-11-01", "2026-11-01"], ["time", "event:page"], [], HOUR),
        (["2026-01-01", "2026-01-01"], ["time", "event:page"], [], DAY),
        (["2026-01-01", "2026-01-01"], ["time"], [], HOUR),
        ("day", ["time", "page"], [["is", "page", ["/"]]], HOUR),
        ("24h", ["time"], [], HOUR),
        ("2d", ["time"], [], HOUR),
        ("7d", ["time"], [], DAY),
        ("40d", ["time"], [], DAY),
        ("91d", ["time"], [], WEEK),
        ("364d", ["time"], [], WEEK),
        ("13mo", ["time"], [], MONTH),
        ("all", ["time"], [], MONTH),
        ("2d", ["time", "page", "source"], [], DAY),
        ("day", ["time", "page"], [["is", "source", ["Google"]]], DAY),
        ("day", ["time", "page", "source"], [], DAY),
        ("day", [], [], None),
    ],
)
def test_time_is_the_grain_that_suits_the_period(
    query: MakeQuery,
    date_range: object,
    dimensions: list[str],
    filters: list[list[object]],
    grain: Grain | None,
):
    assert query(date_range=date_range, dimensions=dimensions, filters=filters).grain == grain


def test_attributes_are_those_of_dimensions_and_filters(query: MakeQuery):
    parsed = query(dimensions=["time", "page"], filters=[["is", "source", ["Google"]]])
    assert parsed.attributes == (attribute("page"), attribute("source"))
    same = query(dimensions=["page"], filters=[["is", "event:page", ["/"]]])
    assert same.attributes == (attribute("page"),)


def test_order_may_name_columns_as_the_query_does(query: MakeQuery):
    parsed = query(
        "visits visitors",
        dimensions=["time", "page"],
        order_by=[["time", "desc"], ["page", "asc"], ["event:page", "asc"], ["visits", "desc"]],
    )
    assert [(each.column.name, each.descending) for each in parsed.order_by] == [
        ("time:day", True),
        ("event:page", False),
        ("event:page", False),
        ("visits", True),
    ]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"metric": []}, 400, ""),
        ({"site_id": 1}, 400, "site_id"),
        ({"metrics": "visits"}, 400, "metrics"),
        ({"metrics": []}, 400, "metrics"),
        ({"metrics": ["visits", 1]}, 400, "metrics[1]"),
        ({"date_range": 7}, 400, "date_range"),
        ({"date_range": ["2026-01-01"]}, 400, "date_range"),
        ({"dimensions": [None]}, 400, "dimensions[0]"),
        ({"order_by": ["visits"]}, 400, "order_by[0]"),
        ({"pagination": {"limit": 0}}, 400, "pagination.limit"),
        ({"pagination": {"limit": 10_001}}, 400, "pagination.limit"),
        ({"pagination": {"offset": -1}}, 400, "pagination.offset"),
        ({"include": {"shoes": True}}, 400, "include"),
        ({"include": {"time_labels": True}}, 422, "include.time_labels"),
        ({"include": {"fill": True}}, 422, "include.fill"),
        ({"include": {"fill": True}, "dimensions": ["time", "page"]}, 422, "include.fill"),
        ({"include": {"comparisons": {}}}, 400, "include.comparisons"),
        ({"include": {"comparisons": {"mode": "next"}}}, 400, "include.comparisons.mode"),
        (
            {"include": {"comparisons": {"mode": "custom"}}},
            422,
            "include.comparisons.date_range",
        ),
        (
            {"include": {"comparisons": {"mode": "previous_period"}}, "date_range": "all"},
            422,
            "include.comparisons",
        ),
        ({"metrics": ["visits", "uniques"]}, 422, "metrics[1]"),
        ({"metrics": ["visits", "visits"]}, 422, "metrics"),
        ({"dimensions": ["visit:shoe_size"]}, 422, "dimensions[0]"),
        ({"dimensions": ["page", "event:page"]}, 422, "dimensions"),
        ({"date_range": "7"}, 422, "date_range"),
        ({"order_by": [["pageviews", "desc"]]}, 422, "order_by[0]"),
        ({"order_by": [["visits", "down"]]}, 422, "order_by[0]"),
        ({"filters": [["is", "page", [1]]]}, 400, "filters[0][2]"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], status: int, field: str):
    problem = _problem(MINIMAL | change)
    assert (problem.status, problem.extras["field"]) == (status, field)


@pytest.mark.parametrize("field", ["site_id", "metrics", "date_range"])
def test_what_is_missing_is_named(field: str):
    problem = _problem({key: value for key, value in MINIMAL.items() if key != field})
    assert (problem.status, field in problem.detail) == (400, True)


def test_unknown_names_are_answered_with_the_known_ones():
    assert "bounce_rate" in _problem(MINIMAL | {"metrics": ["bounces"]}).extras["possible"]
    possible = _problem(MINIMAL | {"dimensions": ["country_name"]}).extras["possible"]
    assert {"visit:country", "event:props:NAME", "time:week"} <= set(possible)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.binary())
def test_any_bytes_are_a_problem_at_worst(body: object):
    assert _problem(body).status == 400


@given(st.sampled_from([*MINIMAL, "dimensions", "filters", "order_by", "pagination"]), JSON)
def test_any_value_of_a_field_is_a_problem_at_worst(field: str, value: object):
    body = json.dumps(MINIMAL | {field: value}).encode()
    with suppress(ProblemError):
        parse(body, lambda _: (SITE,), 0)


def test_deep_nesting_is_a_problem():
    assert _problem(b'{"filters":' + b"[" * 60_000).status == 400
