import pytest

from queries.catalogue import attribute
from queries.filters import (
    Filter,
    Junction,
    Negation,
    Operator,
    attributes_of,
    parse_filters,
)
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
        (["is", "event:page", ["/"], {"case_sensitive": False}], False),
        (["is", "event:page", ["/"], {"case_sensitive": True}], True),
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
        (["is", "event:page", ["/"], {"case_sensitive": 1}], 400, "filters[0][3]"),
        (["is", "event:page", ["/"], {"case": False}], 400, "filters[0][3]"),
        (["is", "event:page", ["/"], {}, {}], 400, "filters[0]"),
        (["and", []], 400, "filters[0]"),
        (["or", "is"], 400, "filters[0]"),
        (["not"], 422, "filters[0][0]"),
        (["not", []], 400, "filters[0][1]"),
        (["or", [["is", "event:page", ["/"]], ["is", "page", []]]], 400, "filters[0][1][1][2]"),
        (["has_done", ["is", "event:goal", ["Signup"]]], 422, "filters[0][0]"),
        (["is", "site", ["example.com"]], 422, "filters[0][1]"),
        ([["is"], "event:page", ["/"]], 400, "filters[0]"),
        (["resembles", "event:page", ["/"]], 422, "filters[0][0]"),
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


def test_conditions_nest():
    page = ["is", "event:page", ["/"]]
    source = ["matches", "visit:source", ["^G"], {"case_sensitive": False}]
    (parsed,) = parse_filters([["or", [["not", page], ["and", [page, source]]]]])
    on_page = Filter(Operator.IS, attribute("page"), ("/",))
    on_source = Filter(Operator.MATCHES, attribute("source"), ("^G",), case_sensitive=False)
    assert parsed == Junction("or", (Negation(on_page), Junction("and", (on_page, on_source))))
    assert list(attributes_of([parsed])) == [attribute("page"), attribute("source")]


def test_conditions_are_bounded_in_depth_and_number():
    page = ["is", "event:page", ["/"]]
    deep = page
    for _ in range(8):
        deep = ["not", deep]
    for raw in ([deep], [page] * 51, [["or", [page] * 51]]):
        with pytest.raises(ProblemError, match="at most"):
            parse_filters(raw)
    assert len(parse_filters([deep[1], *[page] * 49])) == 50
