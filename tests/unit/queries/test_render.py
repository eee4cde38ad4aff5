import json
from typing import Any

from queries.pipeline import Answer
from queries.render import render
from queries.run import Results
from tests.unit.queries.conftest import MakePlan


def _rendered(
    plan: MakePlan,
    rows: list[tuple[object, ...]],
    row_count: int | None = None,
    withheld: dict[str, object] | None = None,
) -> dict[str, Any]:
    return json.loads(render(Answer(plan, Results(rows, row_count, None), withheld, None)))


def test_rows_have_plausibles_shape(plan: MakePlan):
    asked = plan("visitors bounce_rate visit_duration", dimensions=["time", "event:page"])
    rows = [("2026-11-22", "/", 3, 33.3, 12.0), ("2026-11-23", "/", 1, None, None)]
    assert _rendered(asked, rows)["results"] == [
        {"metrics": [3, 33.3, 12], "dimensions": ["2026-11-22", "/"]},
        {"metrics": [1, None, None], "dimensions": ["2026-11-23", "/"]},
    ]


def test_a_whole_number_is_written_without_a_point(plan: MakePlan):
    asked = plan("visit_duration bounce_rate")
    assert b'"metrics":[12,30.0]' in render(
        Answer(asked, Results([(12.0, 30.0)], None, None), None, None)
    )


def test_meta_tells_the_moments_the_zone_and_what_else_there_is_to_know(plan: MakePlan):
    asked = plan("visitors", ["2026-10-25", "2026-10-25"], dimensions=["event:page"])
    meta = _rendered(asked, [("/", 1)])["meta"]
    assert meta["date_range"] == ["2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00"]
    assert meta["timezone"] == "Europe/Paris"
    assert list(meta) == ["date_range", "timezone", "definitions", "withheld", "freshness"]

    meta = _rendered(asked, [("(other)", 1)], row_count=7, withheld={"visits": 1})["meta"]
    assert meta["withheld"] == {"visits": 1}
    assert meta["total_rows"] == 7
    assert meta["other"].startswith("(other) holds")
