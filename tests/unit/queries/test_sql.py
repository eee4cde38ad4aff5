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
        "SELECT\n"
        "  visitors AS m0,\n"
        "  round(100 * bounces / nullIf(visits, 0), 1) AS m1,\n"
        "  round(duration / nullIf(visits, 0), 0) AS m2\n"
        "FROM (\n"
        "  SELECT sum(visitors) AS visitors, sum(visits) AS visits, sum(pageviews) AS pageviews, "
        "sum(events) AS events, sum(bounces) AS bounces, sum(duration) AS duration\n"
        "  FROM days\n"
        "  WHERE site = {site:String}\n"
        "    AND dimension = {dimension:String}\n"
        "    AND day >= {first:Date}\n"
        "    AND day <= {last:Date}\n"
        ") AS counted\n"
        "ORDER BY m0 DESC\n"
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
    )
    assert statements.rows.parameters == {
        "site": "example.com", "dimension": "", "first": FIRST, "last": LAST, **PAGE,
    }  # fmt: skip
    assert (statements.row_count, statements.sums) == (None, None)


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
        "  FROM crosstabs\n"
        "  WHERE site = {site:String}\n"
        "    AND dimension_a = {dimension_a:String}\n"
        "    AND dimension_b = {dimension_b:String}\n"
        "    AND day >= {first:Date}\n"
        "    AND day <= {last:Date}\n"
        "    AND multiSearchAny(value_a, {values:Array(String)})"
    )
    counted = (
        "(\n"
        "  SELECT toString(toMonday(day)) AS d0, value_b AS d1, sum(visitors) AS visitors, "
        "sum(visits) AS visits, sum(pageviews) AS pageviews, sum(events) AS events\n"
        f"{crosstabs}\n"
        "  GROUP BY d0, d1\n"
        ") AS counted"
    )
    days = (
        "  FROM days\n"
        "  WHERE site = {{site:String}}\n"
        "    AND dimension = {{{dimension}:String}}\n"
        "    AND day >= {{first:Date}}\n"
        "    AND day <= {{last:Date}}"
    )
    there = "\nWHERE (visitors, visits, pageviews, events) != (0, 0, 0, 0)"
    assert statements.rows.text == (
        "SELECT\n"
        "  d0,\n"
        "  d1,\n"
        "  round(100 * visitors / nullIf(base, 0), 1) AS m0,\n"
        "  round(100 * visitors / nullIf(everyone, 0), 1) AS m1\n"
        f"FROM {counted}\n"
        "CROSS JOIN (\n"
        "  SELECT sum(visitors) AS everyone\n"
        f"{days.format(dimension='dimension')}\n"
        "    AND multiSearchAny(value, {values:Array(String)})\n"
        ") AS of_everyone\n"
        "LEFT JOIN (\n"
        "  SELECT toString(toMonday(day)) AS d0, value AS d1, "
        "sum(visitors) AS base\n"
        f"{days.format(dimension='dimension_2')}\n"
        "  GROUP BY d0, d1\n"
        f") AS based USING (d0, d1){there}\n"
        "ORDER BY d1 DESC, d0 ASC\n"
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
    )
    assert statements.row_count.text == f"SELECT count()\nFROM {counted}{there}"
    assert statements.sums.text == (
        "SELECT (\n"
        "  SELECT sum(visits)\n"
        f"{days.format(dimension='dimension')}\n"
        "    AND multiSearchAny(value, {values:Array(String)})\n"
        "), (\n"
        "  SELECT sum(visits)\n"
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
    assert "toString(hour, {zone:String}) AS d0, sum(hour_visitors) AS visitors" in text
    text = write(plan("group_conversion_rate", "day", dimensions=["time", "goal"])).rows.text
    assert "sum(visitors) AS visitors" in text
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
    examples = {"VISIT": "visit:source", "PLACE": "event:page", "ACT": "event:goal"}
    written = set()
    for dimension in examples.values():
        kind = plan(dimensions=[dimension]).kind
        chosen = plan(" ".join(metrics_of(kind)), dimensions=[dimension])
        text = write(chosen).rows.text
        assert all(f" AS m{index}" in text for index in range(len(metrics_of(kind))))
        written |= set(metrics_of(kind))
    assert written == {metric.name for metric in METRICS}
