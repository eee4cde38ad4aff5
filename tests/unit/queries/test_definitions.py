import pytest

from queries.definitions import define
from tests.unit.queries.conftest import MakePlan

PAGES = {"dimensions": ["event:page"]}
SEVERAL = {"filters": [["contains", "event:page", ["/"]]]}
SOURCES = {"filters": [["is_not", "visit:source", ["Google"]]]}
ADDED_UP = "; added up over the values that the filter lets in: who has two of them counts twice"
OF_DAYS = "distinct visitors of each day, added up: who comes on two days counts twice"


@pytest.mark.parametrize(
    ("date_range", "more", "visitors"),
    [
        ("day", {}, "distinct visitors of the day"),
        ("7d", {}, OF_DAYS),
        ("7d", {"dimensions": ["time:day"]}, "distinct visitors of the day"),
        ("7d", {"dimensions": ["time:week"]}, OF_DAYS),
        ("day", {"dimensions": ["time"]}, "distinct visitors of the hour"),
        (
            "day",
            {"dimensions": ["time", "page"]},
            "distinct visitors of the day, in the hour in which they were first there",
        ),
        ("day", SEVERAL, "distinct visitors of the day" + ADDED_UP),
        ("day", SEVERAL | PAGES, "distinct visitors of the day"),
        ("day", SOURCES, "distinct visitors of the day" + ADDED_UP),
    ],
)
def test_visitors_say_over_what_they_are_added_up(
    plan: MakePlan, date_range: object, more: dict[str, object], visitors: str
):
    assert define(plan("visitors", date_range, **more)) == {"visitors": visitors}


@pytest.mark.parametrize(
    ("more", "visits"),
    [
        ({}, "visits, where they began"),
        (SOURCES, "visits, where they began"),
        (PAGES, "visits that were there at least once"),
        (SEVERAL, "visits that were there at least once" + ADDED_UP),
        ({"dimensions": ["event:goal"]}, "visits with at least one"),
    ],
)
def test_visits_have_one_value_of_visit_wide_dimensions_alone(
    plan: MakePlan, more: dict[str, object], visits: str
):
    assert define(plan("visits", **more)) == {"visits": visits}


def test_rates_speak_of_the_records_at_hand(plan: MakePlan):
    assert define(plan("bounce_rate"))["bounce_rate"].startswith("bounces / visits")
    assert "entered there" in define(plan("bounce_rate", **PAGES))["bounce_rate"]
