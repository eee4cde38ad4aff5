from datetime import date

import pytest

from queries.catalogue import METRICS, metrics_of
from queries.filters import Operator
from queries.sql import write
from tests.unit.queries.conftest import MakePlan

FIRST, LAST = date(2026, 11, 17), date(2026, 11, 23)
PAGE = {"limit": 10_000, "offset": 0}


def test_totals_are_one_row_of_one_dimension(plan: MakePlan):
    statements = write(plan("visitors bounce_rate visit_duration"))
    assert statements.rows.text == (
        "SELECT sum(visitors) AS m0, round(100 * sum(bounces) / nullIf(sum(visits), 0), 1) AS m1, "
        "round(sum(duration) / nullIf(sum(visits), 0), 0) AS m2\n"
        "FROM days\n"
        "WHERE site = {site:String}\n"
        "    AND dimension = {dimension:String}\n"
        "    AND day >= {first:Date}\n"
        "    AND day <= {last:Date}\n"
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
    )
    assert statements.rows.parameters == {
        "site": "example.com", "dimension": "", "first": FIRST, "last": LAST, **PAGE,
    }  # fmt: skip
    assert (statements.row_count, statements.sums) == (None, None)


def test_a_dimension_leaves_out_what_was_taken_back(plan: MakePlan):
    statement = write(plan("bounce_rate percentage", dimensions=["visit:exit_page"])).rows
    days = (
        "FROM days\n"
        "WHERE site = {{site:String}}\n"
        "    AND dimension = {{{}:String}}\n"
        "    AND day >= {{first:Date}}\n"
        "    AND day <= {{last:Date}}\n"
    )
    assert statement.text == (
        "SELECT value AS d0, round(100 * sum(bounces) / nullIf(sum(visits), 0), 1) AS m0, "
        "round(100 * sum(visitors) / nullIf((\n"
        f"SELECT sum(visitors)\n{days.format('dimension')}"
        "), 0), 1) AS m1\n"
        f"{days.format('dimension_2')}"
        "GROUP BY d0\n"
        "HAVING sum(visitors) != 0 OR sum(visits) != 0 OR sum(pageviews) != 0 OR sum(events) != 0 "
        "OR sum(bounces) != 0\n"
        "ORDER BY m0 DESC, d0 ASC\n"
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
    )
    assert statement.parameters["dimension"] == ""
    assert statement.parameters["dimension_2"] == "exit_page"


def test_a_pair_with_all_that_can_be_asked_of_it(plan: MakePlan):
    statements = write(
        plan(
            "group_conversion_rate percentage",
            dimensions=["time:week", "visit:source"],
            filters=[["contains", "event:goal", ["Sign"]]],
            order_by=[["visit:source", "desc"]],
            pagination={"limit": 10, "offset": 20},
            include={"total_rows": True},
        )
    )
    crosstabs = (
        "FROM crosstabs\n"
        "WHERE site = {site:String}\n"
        "    AND dimension_a = {dimension_a:String}\n"
        "    AND dimension_b = {dimension_b:String}\n"
        "    AND day >= {first:Date}\n"
        "    AND day <= {last:Date}\n"
        "    AND multiSearchAny(value_a, {values:Array(String)})"
    )
    days = (
        "FROM days\n"
        "WHERE site = {{site:String}}\n"
        "    AND dimension = {{{dimension}:String}}\n"
        "    AND day >= {{first:Date}}\n"
        "    AND day <= {{last:Date}}"
    )
    every_row = (
        "SELECT d0, d1, round(100 * sum_visitors / nullIf(base, 0), 1) AS m0, "
        "round(100 * sum_visitors / nullIf((\n"
        "SELECT sum(visitors)\n"
        f"{days.format(dimension='dimension')}\n"
        "    AND multiSearchAny(value, {values:Array(String)})\n"
        "), 0), 1) AS m1\n"
        "FROM (\n"
        "SELECT toString(toMonday(day)) AS d0, value_b AS d1, sum(visitors) AS sum_visitors\n"
        f"{crosstabs}\n"
        "GROUP BY d0, d1\n"
        "HAVING sum(visitors) != 0 OR sum(visits) != 0 OR sum(pageviews) != 0 OR sum(events) != 0\n"
        ") AS counted\n"
        "LEFT JOIN (\n"
        "SELECT toString(toMonday(day)) AS d0, value AS d1, sum(visitors) AS base\n"
        f"{days.format(dimension='dimension_2')}\n"
        "GROUP BY d0, d1\n"
        ") AS based USING (d0, d1)"
    )
    assert statements.rows.text == (
        f"{every_row}\nORDER BY d1 DESC, d0 ASC\nLIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}"
    )
    assert statements.row_count.text == f"SELECT count() FROM (\n{every_row}\n)"
    assert statements.sums.text == (
        "SELECT (\n"
        "SELECT sum(visits)\n"
        f"{days.format(dimension='dimension')}\n"
        "    AND multiSearchAny(value, {values:Array(String)})\n"
        "), (\n"
        "SELECT sum(visits)\n"
        f"{crosstabs}\n"
        ")"
    )
    assert statements.rows.parameters["dimension"] == "goal"
    assert statements.rows.parameters["dimension_2"] == "source"


def test_hours_count_visitors_of_the_hour_on_both_sides(plan: MakePlan):
    statement = write(plan("visitors", "day", dimensions=["time"])).rows
    text = statement.text
    assert statement.parameters["zone"] == "Europe/Paris"
    assert "FROM traffic" in text
    assert "toString(hour, {zone:String}) AS d0, sum(hour_visitors) AS m0" in text
    text = write(plan("group_conversion_rate", "day", dimensions=["time", "goal"])).rows.text
    assert "sum(visitors) AS sum_visitors" in text
    assert "sum(hour_visitors) AS base" in text
    assert "AS based USING (d0)" in text


def test_nothing_from_outside_is_in_the_text(plan: MakePlan):
    evil = "'); DROP TABLE traffic; --"
    for operator in Operator:
        filters = [[operator.value, f"event:props:{evil}", [evil]]]
        statement = write(plan(dimensions=[f"event:props:{evil}"], filters=filters)).rows
        assert "DROP" not in statement.text
        assert statement.parameters["dimension"] == f"prop:{evil}"
        assert statement.parameters["values"] == [evil]


@pytest.mark.parametrize(
    ("date_range", "since", "until"),
    [
        (["2026-03-29", "2026-03-29"], 1_774_738_800, 23),
        (["2026-10-25", "2026-10-25"], 1_792_879_200, 25),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(
    plan: MakePlan, date_range: object, since: int, until: int
):
    hours = plan(date_range=date_range, dimensions=["time:hour"])
    parameters = write(hours).rows.parameters
    assert parameters["since"] == since
    assert parameters["until"] == since + until * 3600


def test_every_metric_is_written_for_every_kind_it_makes_sense_for(plan: MakePlan):
    written = set()
    for dimensions in ([], ["visit:source"], ["event:page"], ["event:goal"]):
        kind = plan(dimensions=dimensions).kind
        chosen = plan(" ".join(metrics_of(kind)), dimensions=dimensions)
        text = write(chosen).rows.text
        assert all(f" AS m{index}" in text for index in range(len(metrics_of(kind))))
        written |= set(metrics_of(kind))
    assert written == {metric.name for metric in METRICS}
