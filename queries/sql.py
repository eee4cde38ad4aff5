"""A plan as statements."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from queries.catalogue import AUDIENCE, BASE, EVERYONE, HOUR, Attribute, Dimension, Formula
from queries.conditions import Parameters, condition, label
from queries.labels import labels
from queries.plan import Plan
from queries.records import Records
from queries.reference import Reference
from queries.request import Query

_SIGNS = ("visitors", "visits", "pageviews", "events")
"""Counters of which one is not 0 in every row worth telling; a row taken back is all zeros."""
_COUNTS = (*_SIGNS, "entries", "exits", "bounces", "scroll_visits")
"""Counters that count something; others add up durations and the like."""


class Statement(NamedTuple):
    """A SELECT and the values of its parameters."""

    text: str
    parameters: dict[str, object]


class Statements(NamedTuple):
    """What to ask the store for one query."""

    rows: Statement
    """The page asked for: dimensions as texts, then metrics, null if there is nothing to divide by."""
    row_count: Statement | None
    """The number of rows on all pages, if asked for."""
    sums: Statement | None
    """The two sums of the plan's reference, if it has one."""
    compared: Statement | None = None
    """The same rows in the period to compare with, in any order, if there is one."""


def write(plan: Plan, compared: Plan | None = None) -> Statements:
    """Return the statements that answer a plan, and `compared`, the same for another period."""
    return Statements(
        rows=_rows(plan),
        row_count=_row_count(plan) if plan.query.include.total_rows else None,
        sums=_sums(plan.query, plan.reference) if plan.reference else None,
        compared=_compared(plan, compared) if compared else None,
    )


def _rows(plan: Plan) -> Statement:
    parameters = Parameters()
    return Statement(_page(plan, parameters), parameters.values)


def _page(plan: Plan, parameters: Parameters) -> str:
    pagination = plan.query.pagination
    return (
        f"{_select(plan, parameters)}{_worth_telling(plan)}\n"
        f"ORDER BY {_order(plan.query)}\n"
        f"LIMIT {parameters.bind('limit', 'UInt32', pagination.limit)}"
        f" OFFSET {parameters.bind('offset', 'UInt32', pagination.offset)}"
    )


def _select(plan: Plan, parameters: Parameters) -> str:
    metrics = (
        f"{_expression(metric.formulas[plan.kind])} AS m{index}"
        for index, metric in enumerate(plan.query.metrics)
    )
    columns = ",\n  ".join([*_keys(plan.query), *metrics])
    return f"SELECT\n  {columns}\nFROM {_counted(plan, parameters)}{_joins(plan, parameters)}"


def _compared(plan: Plan, compared: Plan) -> Statement:
    """Leave out values that are not on the page; steps of time are few, and have other names."""
    parameters = Parameters()
    names = [
        column for column, dimension in _keys(plan.query).items() if dimension != plan.query.grain
    ]
    text = f"{_select(compared, parameters)}{_worth_telling(compared)}"
    if names:
        columns = ", ".join(names)
        text += f"\n  AND ({columns}) IN (\nSELECT {columns} FROM (\n{_page(plan, parameters)}\n))"
    return Statement(text, parameters.values)


def _row_count(plan: Plan) -> Statement:
    parameters = Parameters()
    return Statement(
        f"SELECT count()\nFROM {_counted(plan, parameters)}{_worth_telling(plan)}",
        parameters.values,
    )


def _sums(query: Query, reference: Reference) -> Statement:
    parameters = Parameters()
    sums = (
        f"(\n  SELECT sum({reference.counter})\n  FROM {records.table(query).name}\n"
        f"  WHERE {condition(records, query, parameters)}\n)"
        for records in (reference.whole, reference.released)
    )
    return Statement(f"SELECT {', '.join(sums)}", parameters.values)


def _keys(query: Query) -> dict[str, Dimension]:
    """Return the columns that hold the dimensions."""
    return {f"d{index}": dimension for index, dimension in enumerate(query.dimensions)}


def _counted(plan: Plan, parameters: Parameters) -> str:
    """Return the subquery that sums the counters, a row a group."""
    sums = (
        _sum(plan.records, plan.visitors if counter == "visitors" else counter, counter, plan.step)
        for counter in _counters(plan)
    )
    summed = _grouped(plan, plan.records, _keys(plan.query), sums, parameters)
    if plan.query.include.fill:
        return f"{_filled(plan, summed, parameters)} AS counted"
    return f"{summed} AS counted"


def _filled(plan: Plan, summed: str, parameters: Parameters) -> str:
    """Return the subquery with a row of zeros for each step of time that has none."""
    query = plan.query
    assert query.grain, "only a time dimension is filled"  # noqa: S101
    steps = labels(query.grain, query.period, query.zone)
    bound = parameters.bind("steps", "Array(String)", steps)
    (key,) = _keys(query)
    return (
        f"(\n  SELECT {', '.join([key, *_counters(plan)])}\n"
        f"  FROM (SELECT arrayJoin({bound}) AS {key}) AS stepped\n"
        f"  LEFT JOIN {summed} AS summed USING ({key})\n)"
    )


def _counters(plan: Plan) -> list[str]:
    """Return the counters that the metrics read, and those that tell a row from nothing."""
    formulas = [metric.formulas[plan.kind] for metric in plan.query.metrics]
    read = [name for formula in formulas for name in (formula.counter, formula.per)]
    counters = dict.fromkeys([*_SIGNS, *read])
    return [name for name in counters if name not in ("", AUDIENCE, BASE, EVERYONE)]


def _grouped(
    plan: Plan,
    records: Records,
    keys: Mapping[str, Dimension],
    sums: Iterable[str],
    parameters: Parameters,
) -> str:
    labels = (
        f"{label(dimension, records, plan.query, parameters)} AS {column}"
        for column, dimension in keys.items()
    )
    group = f"\n  GROUP BY {', '.join(keys)}" if keys else ""
    return (
        f"(\n  SELECT {', '.join([*labels, *sums])}\n  FROM {records.table(plan.query).name}\n"
        f"  WHERE {condition(records, plan.query, parameters)}{group}\n)"
    )


def _sum(records: Records, counter: str, name: str, step: int) -> str:
    """Return a counter's sum; what two attributes share is rounded to a multiple of `step`."""
    if step > 1 and len(records.attributes) > 1 and counter in _COUNTS:
        return f"intDiv(sum({counter}) + {step // 2}, {step}) * {step} AS {name}"
    return f"sum({counter}) AS {name}"


def _joins(plan: Plan, parameters: Parameters) -> str:
    """Return the joins that bring the visitors which a formula divides by."""
    needed = {metric.formulas[plan.kind].per for metric in plan.query.metrics}
    joins = ""
    for name, records in ((EVERYONE, plan.everyone), (AUDIENCE, plan.audience)):
        if name in needed:
            sums = [_sum(records, "visitors", name, plan.step)]
            joins += f"\nCROSS JOIN {_grouped(plan, records, {}, sums, parameters)} AS of_{name}"
    if BASE in needed:
        joins += _base_join(plan, parameters)
    return joins


def _base_join(plan: Plan, parameters: Parameters) -> str:
    keys = {
        column: dimension
        for column, dimension in _keys(plan.query).items()
        if not isinstance(dimension, Attribute) or dimension in plan.base.attributes
    }
    counter = "hour_visitors" if plan.query.grain == HOUR else "visitors"
    grouped = _grouped(
        plan, plan.base, keys, [_sum(plan.base, counter, BASE, plan.step)], parameters
    )
    if not keys:
        return f"\nCROSS JOIN {grouped} AS based"
    return f"\nLEFT JOIN {grouped} AS based USING ({', '.join(keys)})"


def _expression(formula: Formula) -> str:
    """Return the formula over columns; dividing by 0 gives null. Halves round to even."""
    times = "" if formula.times == 1 else f"{formula.times} * "
    per = f" / nullIf({formula.per}, 0)" if formula.per else ""
    if not times and not per:
        return formula.counter
    return f"round({times}{formula.counter}{per}, {formula.decimals})"


def _worth_telling(plan: Plan) -> str:
    """Return the condition that leaves out rows whose counts were all taken back."""
    if not plan.query.dimensions or plan.query.include.fill:
        return ""
    counters = _counters(plan)
    return f"\nWHERE ({', '.join(counters)}) != ({', '.join('0' for _ in counters)})"


def _order(query: Query) -> str:
    """Return the order asked for; the dimensions break ties, so that pages do not overlap."""
    columns = {metric.name: f"m{index}" for index, metric in enumerate(query.metrics)}
    columns |= {dimension.name: column for column, dimension in _keys(query).items()}
    asked = {
        columns[each.column.name]: "DESC" if each.descending else "ASC" for each in query.order_by
    }
    ties = {column: "ASC" for column in _keys(query) if column not in asked}
    return ", ".join(f"{column} {direction}" for column, direction in (asked | ties).items())
