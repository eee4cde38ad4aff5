import json
from contextlib import suppress
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.parameters import OPTIONAL, REQUIRED, Format, in_parameters, read_query
from queries.problem import ProblemError, malformed

MINIMAL = "site_id=example.com&metrics=visitors&date_range=7d"


def _read(more: str = ""):
    return read_query(parse_qsl(f"{MINIMAL}&{more}", keep_blank_values=True))


def _document(more: str = ""):
    return json.loads(_read(more).body)


def _problem(query: str) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        read_query(parse_qsl(query, keep_blank_values=True))
    return caught.value


def test_the_least_is_what_a_post_needs():
    assert _document() == {
        "site_id": "example.com",
        "metrics": ["visitors"],
        "date_range": "7d",
    }
    assert _read().format is Format.JSON


def test_every_parameter_has_its_place():
    more = (
        "dimensions=event:page,time:day&order_by=visitors:desc,event:page:asc&limit=10&offset=20"
        '&filters=[["is","visit:country",["FR"]]]&include=total_rows,time_labels&format=rows&key=s'
    )
    assert _document(more) == {
        "site_id": "example.com",
        "metrics": ["visitors"],
        "date_range": "7d",
        "dimensions": ["event:page", "time:day"],
        "filters": [["is", "visit:country", ["FR"]]],
        "order_by": [["visitors", "desc"], ["event:page", "asc"]],
        "include": {"total_rows": True, "time_labels": True},
        "pagination": {"limit": 10, "offset": 20},
    }


def test_columns_are_the_names_asked_for_dimensions_first():
    asked = _read("dimensions=page, time&format=csv")
    assert asked.columns == ("page", "time", "visitors")
    assert asked.title == "example.com_page_time_7d"


def test_commas_make_lists_and_braces_objects():
    query = "site_id=a.example,b.example&metrics=visits&date_range=2026-01-01,2026-01-31"
    document = json.loads(read_query(parse_qsl(query + '&include={"total_rows":true}')).body)
    assert document["site_id"] == ["a.example", "b.example"]
    assert document["date_range"] == ["2026-01-01", "2026-01-31"]
    assert document["include"] == {"total_rows": True}


def test_a_parameter_without_a_value_is_left_out():
    assert _document("filters=&dimensions= &limit=") == _document()


def test_only_a_csv_without_a_limit_has_all_rows():
    assert _read("format=csv").unlimited
    assert not _read("format=csv&limit=5").unlimited
    assert not _read("format=rows").unlimited


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("metric=visits", ""),
        ("metrics=visits", "metrics"),
        ("limit=ten", "limit"),
        ("limit=-1", "limit"),
        ("limit=99999999999", "limit"),
        ("offset=%C2%B2", "offset"),
        ("filters=[", "filters"),
        ("filters=" + "[" * 30_000, "filters"),
        ('filters=["\\ud800"]', "filters"),
        ("include={", "include"),
        ("order_by=visitors", "order_by"),
        ("order_by=:desc", "order_by"),
        ("format=xml", "format"),
        ("format=csv&include=total_rows", "include"),
    ],
)
def test_what_is_wrong_is_named(more: str, field: str):
    problem = _problem(f"{MINIMAL}&{more}")
    assert (problem.status, problem.extras["field"]) == (400, field)


@pytest.mark.parametrize(
    "more", ["jane=jane", "limit=jane", "filters=jane", "format=jane", "order_by=jane"]
)
def test_what_was_sent_is_not_repeated(more: str):
    assert "jane" not in _problem(f"{MINIMAL}&{more}").detail


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named(name: str):
    rest = "&".join(part for part in MINIMAL.split("&") if not part.startswith(name))
    assert _problem(rest).extras["field"] == name


def test_a_documents_problem_gets_the_parameters_name():
    renamed = in_parameters(malformed("pagination.limit", "too many"))
    assert (renamed.detail, renamed.extras) == ("limit: too many", {"field": "limit"})
    same = malformed("metrics[0]", "unknown")
    assert in_parameters(same) is same


@given(st.lists(st.tuples(st.sampled_from([*REQUIRED, *OPTIONAL]), st.text())))
def test_any_parameters_are_a_document_or_a_problem(pairs: list[tuple[str, str]]):
    with suppress(ProblemError):
        assert isinstance(json.loads(read_query(pairs).body), dict)
