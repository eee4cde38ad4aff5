import pytest

from queries.catalogue import attribute
from queries.filters import Filter, Operator
from queries.records import Records
from queries.reference import refer


def _records(*names: str, by: str | None = None) -> Records:
    attributes = tuple(attribute(name) for name in names)
    filters = (Filter(Operator.IS, attribute(by), ("x",)),) if by else ()
    return Records(attributes, filters)


@pytest.mark.parametrize("asked", [_records(), _records("page"), _records("page", by="page")])
def test_of_one_dimension_nothing_is_withheld(asked: Records):
    assert refer(asked) is None


@pytest.mark.parametrize(
    ("asked", "counter", "whole"),
    [
        (_records("page", "source"), "visits", _records("page")),
        (_records("goal", "source"), "visits", _records("goal")),
        (_records("page", "source", by="page"), "visits", _records("page", by="page")),
        (_records("page", "source", by="source"), "pageviews", _records("source", by="source")),
        (_records("event", "source", by="source"), "events", _records("source", by="source")),
        (_records("source", "os", by="source"), "visits", _records("source", by="source")),
        (_records("source", "os", by="os"), "visits", _records("os", by="os")),
    ],
)
def test_a_pair_is_measured_by_what_each_thing_counted_has_one_of(
    asked: Records, counter: str, whole: Records
):
    assert refer(asked) == (counter, whole, asked, True)


def test_goals_chosen_by_the_other_dimension_are_measured_as_a_whole():
    asked = _records("goal", "source", by="source")
    assert refer(asked) == ("visits", _records("goal"), _records("goal", "source"), False)
