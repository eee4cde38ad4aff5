import pytest

from queries.catalogue import attribute
from queries.filters import Filter, Operator, parse_filters
from queries.problem import ProblemError


def test_a_filter_is_parsed():
    assert parse_filters([["contains", "page", ["/blog", ""]]]) == (
        Filter(Operator.CONTAINS, attribute("event:page"), ("/blog", "")),
    )
    assert parse_filters([]) == ()


@pytest.mark.parametrize(
    ("raw", "single"),
    [
        (["is", "event:page", ["/"]], True),
        (["is", "event:page", ["/", "/a"]], False),
        (["is_not", "event:page", ["/"]], False),
        (["contains", "event:page", ["/"]], False),
    ],
)
def test_it_knows_whether_it_lets_in_one_value(raw: object, single: bool):
    assert parse_filters([raw])[0].single is single


@pytest.mark.parametrize(
    ("raw", "status", "place"),
    [
        ("is", 400, "filters[0]"),
        ([], 400, "filters[0]"),
        (["is"], 400, "filters[0]"),
        (["is", "event:page"], 400, "filters[0]"),
        (["is", "event:page", "/"], 400, "filters[0]"),
        (["is", "event:page", ["/"], {"case_sensitive": False}], 400, "filters[0]"),
        ([["is"], "event:page", ["/"]], 400, "filters[0]"),
        (["and", [["is", "event:page", ["/"]]]], 422, "filters[0][0]"),
        (["matches", "event:page", ["/"]], 422, "filters[0][0]"),
        (["is", "time:day", ["2026-01-01"]], 422, "filters[0][1]"),
        (["is", "event:pages", ["/"]], 422, "filters[0][1]"),
        (["is", "event:page", []], 400, "filters[0][2]"),
        (["is", "event:page", [1]], 400, "filters[0][2]"),
        (["is", "event:page", ["x" * 1_001]], 400, "filters[0][2]"),
        (["is", "event:page", ["x"] * 101], 400, "filters[0][2]"),
    ],
)
def test_other_filters_are_refused_by_place_and_without_their_values(
    raw: object, status: int, place: str
):
    with pytest.raises(ProblemError) as caught:
        parse_filters([raw])
    assert (caught.value.status, caught.value.extras["field"]) == (status, place)
    assert caught.value.detail.startswith(f"{place}: ")
    assert "x" * 101 not in caught.value.detail


def test_one_filter_at_most():
    with pytest.raises(ProblemError, match="one filter at most"):
        parse_filters([["is", "event:page", ["/"]]] * 2)
