from typing import Any

import pytest

from queries.guard import tell_withheld
from queries.run import Results
from tests.unit.queries.conftest import MakePlan

GOOGLE = {"filters": [["is", "visit:source", ["Google"]]]}


def _told(plan: MakePlan, sums: tuple[int, int] | None) -> dict[str, Any] | None:
    return tell_withheld(plan, Results(rows=[], row_count=None, sums=sums))


def test_of_one_dimension_nothing_is_told(plan: MakePlan):
    assert _told(plan(dimensions=["event:page"]), None) is None


@pytest.mark.parametrize(
    ("sums", "visits", "share"),
    [((15, 12), 3, 0.2), ((12, 12), 0, 0.0), ((0, 0), 0, 0.0), ((12, 15), 0, 0.0)],
)
def test_it_is_the_difference_and_never_below_zero(
    plan: MakePlan, sums: tuple[int, int] | None, visits: int, share: float
):
    told = _told(plan(dimensions=["event:page", "visit:source"]), sums)
    assert (told["visits"], told["share"], told["exact"], told["k"]) == (visits, share, True, 5)
    assert "5 visitors of a day" in told["why"]


def test_it_is_told_in_the_counter_that_adds_up(plan: MakePlan):
    told = _told(plan(dimensions=["event:page"], **GOOGLE), (10, 4))
    assert (told["pageviews"], told["share"]) == (6, 0.6)
    assert "visits" not in told


def test_an_upper_bound_says_so_and_has_no_share(plan: MakePlan):
    told = _told(plan(dimensions=["event:goal"], **GOOGLE), (10, 4))
    assert (told["visits"], told["share"], told["exact"]) == (6, None, False)
    assert "at most" in told["why"]
    assert "event:goal" in told["why"]
