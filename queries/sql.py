"""A plan as statements."""

from collections.abc import Callable, Iterable, Mapping
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
        sums=_sums(plan, plan.reference) if plan.reference else None,
        compared=_compared(plan, compared) if compared else None,
    )


def _rows(plan: Plan) -> Statement:
    parameters = Parameters()
    return Statement(_page(plan, parameters), parameters.values)


def _page(plan: Plan, parameters: Parameters) -> str:
    pagination = plan.query.pagination
    return (
        f"{_select(plan, parameters)}{_order(plan.query)}\n"
        f"LIMIT {parameters.bind('limit', 'UInt32', pagination.limit)}"
        f" OFFSET {parameters.bind('offset', 'UInt32', pagination.offset)}"
    )


def _compared(plan: Plan, compared: Plan) -> Statement:
    """Leave out values that are not on the page; steps of time are few, and have other names."""
    parameters = Parameters()
    text = _select(compared, parameters)
    names = [
        column for column, dimension in _keys(plan.query).items() if dimension != plan.query.grain
    ]
    if names:
        columns = ", ".join(names)
        page = f"SELECT {columns} FROM (\n{_page(plan, parameters)}\n)"
        text = f"SELECT * FROM (\n{text}\n)\nWHERE ({columns}) IN (\n{page}\n)"
    return Statement(text, parameters.values)


def _row_count(plan: Plan) -> Statement:
    parameters = Parameters()
    text = f"SELECT count() FROM (\n{_select(plan, parameters)}\n)"
    return Statement(text, parameters.values)


def _sums(plan: Plan, reference: Reference) -> Statement:
    parameters = Parameters()
    sums = (
        f"(\n{_grouped(plan, records, {}, [f'sum({reference.counter})'], parameters)}\n)"
        for records in (reference.whole, reference.released)
    )
    return Statement(f"SELECT {', '.join(sums)}", parameters.values)


def _keys(query: Query) -> dict[str, Dimension]:
    """Return the columns that hold the dimensions."""
    return {f"d{index}": dimension for index, dimension in enumerate(query.dimensions)}


def _select(plan: Plan, parameters: Parameters) -> str:
    """Return what selects all rows; flat if it can be, since planning takes most of its time."""
    if plan.query.include.fill or _base_keys(plan):
        return _select_joined(plan, parameters)
    metrics = _metrics(plan, lambda counter: _sum_of(plan, counter), parameters)
    return _grouped(plan, plan.records, _keys(plan.query), metrics, parameters) + _having(plan)


def _select_joined(plan: Plan, parameters: Parameters) -> str:
    """Return what selects all rows from sums to which others are joined."""
    keys = _keys(plan.query)
    sums = [f"{_sum_of(plan, counter)} AS {_summed(counter)}" for counter in _read(plan)]
    counted = _grouped(plan, plan.records, keys, sums, parameters) + _having(plan)
    if plan.query.include.fill:
        counted = _filled(plan, counted, parameters)
    columns = ", ".join([*keys, *_metrics(plan, _summed, parameters)])
    based = _base_join(plan, parameters) if _base_keys(plan) else ""
    return f"SELECT {columns}\nFROM (\n{counted}\n) AS counted{based}"


def _filled(plan: Plan, counted: str, parameters: Parameters) -> str:
    """Return what selects a row of zeros, too, for each step of time that has none."""
    query = plan.query
    assert query.grain, "only a time dimension is filled"  # noqa: S101
    steps = labels(query.grain, query.period, query.zone)
    bound = parameters.bind("steps", "Array(String)", steps)
    (key,) = _keys(query)
    return (
        f"SELECT {', '.join([key, *map(_summed, _read(plan))])}\n"
        f"FROM (SELECT arrayJoin({bound}) AS {key}) AS stepped\n"
        f"LEFT JOIN (\n{counted}\n) AS summed USING ({key})"
    )


def _grouped(
    plan: Plan,
    records: Records,
    keys: Mapping[str, Dimension],
    sums: Iterable[str],
    parameters: Parameters,
) -> str:
    """Return what selects a row a group of records."""
    labels = (
        f"{label(dimension, records, plan.query, parameters)} AS {column}"
        for column, dimension in keys.items()
    )
    group = f"\nGROUP BY {', '.join(keys)}" if keys else ""
    return (
        f"SELECT {', '.join([*labels, *sums])}\nFROM {records.table(plan.query).name}\n"
        f"WHERE {condition(records, plan.query, parameters)}{group}"
    )


def _having(plan: Plan) -> str:
    """Return the condition that leaves out rows whose counts were all taken back.

    Of the totals nothing is, and what is filled has rows of zeros anyway.
    """
    if not plan.records.attributes or not plan.query.dimensions or plan.query.include.fill:
        return ""
    counters = dict.fromkeys([*_SIGNS, *_read(plan)])
    return f"\nHAVING {' OR '.join(f'{_sum_of(plan, counter)} != 0' for counter in counters)}"


def _read(plan: Plan) -> list[str]:
    """Return the counters that the metrics read."""
    formulas = [metric.formulas[plan.kind] for metric in plan.query.metrics]
    read = dict.fromkeys(name for formula in formulas for name in (formula.counter, formula.per))
    return [name for name in read if name not in ("", AUDIENCE, BASE, EVERYONE)]


def _summed(counter: str) -> str:
    """Return what a sum is called; by a counter's name it would hide the counter."""
    return f"sum_{counter}"


def _sum_of(plan: Plan, counter: str) -> str:
    return _sum(plan, plan.records, plan.visitors if counter == "visitors" else counter)


def _sum(plan: Plan, records: Records, counter: str) -> str:
    """Return a counter's sum; what two attributes share is rounded to a multiple of a step."""
    step = plan.step
    if step > 1 and len(records.attributes) > 1 and counter in _COUNTS:
        return f"intDiv(sum({counter}) + {step // 2}, {step}) * {step}"
    return f"sum({counter})"


def _metrics(plan: Plan, told: Callable[[str], str], parameters: Parameters) -> list[str]:
    """Return the metrics as columns; `told` writes a counter."""
    formulas = (metric.formulas[plan.kind] for metric in plan.query.metrics)
    return [
        f"{_expression(formula, told, _per(plan, formula.per, told, parameters))} AS m{index}"
        for index, formula in enumerate(formulas)
    ]


def _expression(formula: Formula, told: Callable[[str], str], per: str) -> str:
    """Return the formula over counters; dividing by 0 gives null. Halves round to even."""
    times = "" if formula.times == 1 else f"{formula.times} * "
    divided = f" / nullIf({per}, 0)" if per else ""
    if not times and not divided:
        return told(formula.counter)
    return f"round({times}{told(formula.counter)}{divided}, {formula.decimals})"


def _per(plan: Plan, name: str, told: Callable[[str], str], parameters: Parameters) -> str:
    """Return what a formula divides by; visitors of other records than the row's by a subquery."""
    others = {EVERYONE: plan.everyone, AUDIENCE: plan.audience, BASE: plan.base}
    if not name or (name == BASE and _base_keys(plan)):
        return name
    if name not in others:
        return told(name)
    sums = [_sum(plan, others[name], "visitors")]
    return f"(\n{_grouped(plan, others[name], {}, sums, parameters)}\n)"


def _base_keys(plan: Plan) -> dict[str, Dimension]:
    """Return the columns by which a row finds those whom its visitors are compared with."""
    if BASE not in {metric.formulas[plan.kind].per for metric in plan.query.metrics}:
        return {}
    return {
        column: dimension
        for column, dimension in _keys(plan.query).items()
        if not isinstance(dimension, Attribute) or dimension in plan.base.attributes
    }


def _base_join(plan: Plan, parameters: Parameters) -> str:
    keys = _base_keys(plan)
    counter = "hour_visitors" if plan.query.grain == HOUR else "visitors"
    sums = [f"{_sum(plan, plan.base, counter)} AS {BASE}"]
    based = _grouped(plan, plan.base, keys, sums, parameters)
    return f"\nLEFT JOIN (\n{based}\n) AS based USING ({', '.join(keys)})"


def _order(query: Query) -> str:
    """Return the order asked for; the dimensions break ties, so that pages do not overlap.

    Without dimensions there is one row.
    """
    if not query.dimensions:
        return ""
    names = {metric.name: f"m{index}" for index, metric in enumerate(query.metrics)}
    names |= {dimension.name: column for column, dimension in _keys(query).items()}
    asked = {
        names[each.column.name]: "DESC" if each.descending else "ASC" for each in query.order_by
    }
    ties = {column: "ASC" for column in _keys(query) if column not in asked}
    columns = ", ".join(f"{column} {direction}" for column, direction in (asked | ties).items())
    return f"\nORDER BY {columns}"
