"""The period that a query compares with, and how its rows pair up with those of the other."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from queries.catalogue import Metric
from queries.labels import labels
from queries.period import Period, of_hours
from queries.plan import Plan, check_hours
from queries.request import Comparisons, Include, Mode, Query

_DAY = 86_400
_WEEK = 7
_YEAR = 52 * _WEEK
_IN_POINTS = (
    "bounce_rate",
    "exit_rate",
    "conversion_rate",
    "group_conversion_rate",
    "percentage",
    "scroll_depth",
)
"""Metrics in percent, whose change is a difference."""

Values = Sequence[float | None]


class Comparison(NamedTuple):
    """A row of the other period, and the change since."""

    dimensions: list[str | None]
    metrics: Values
    change: list[float | None]


def other_plan(plan: Plan) -> Plan | None:
    """Return the plan for the period to compare with, if the query asks for one."""
    asked = plan.query.include.comparisons
    if asked is None:
        return None
    period = plan.query.compared_with or _shifted(plan.query, asked)
    return plan._replace(query=plan.query._replace(period=period, include=Include()))


def check_comparison(plan: Plan) -> None:
    """Raise a 422 if the hours to compare with are no longer kept."""
    other = other_plan(plan)
    if other:
        check_hours(other.query, "include.comparisons")


def pair_up(
    plan: Plan, other: Plan, rows: Sequence[tuple[Any, ...]]
) -> Callable[[Sequence[str], Values], Comparison]:
    """Return what finds, for a row of `plan`, its comparison among `rows` of the other plan.

    Rows pair up by their dimensions, steps of time by their position in the period. A row that is
    missing counts 0; a rate of nothing is null.
    """
    width = len(plan.query.dimensions)
    found: dict[tuple[object, ...], Values] = {tuple(row[:width]): row[width:] for row in rows}
    renamed = _renamed_steps(plan.query, other.query)
    zeros = tuple(None if each.formulas[plan.kind].per else 0 for each in plan.query.metrics)

    def compare(dimensions: Sequence[str], metrics: Values) -> Comparison:
        names = [
            renamed.get(name) if dimension == plan.query.grain else name
            for dimension, name in zip(plan.query.dimensions, dimensions, strict=True)
        ]
        before = found.get(tuple(names), zeros)
        changes = map(_change, plan.query.metrics, before, metrics)
        return Comparison(names, before, list(changes))

    return compare


def _shifted(query: Query, asked: Comparisons) -> Period:
    period = query.period
    if asked.mode is Mode.YEAR_OVER_YEAR:
        days = (
            _YEAR if asked.match_day_of_week else (period.first - _year_before(period.first)).days
        )
    elif period.hours and not asked.match_day_of_week:
        return _moved(query, period.hours[1] - period.hours[0])
    else:
        days = period.days
        if asked.match_day_of_week:
            days = -(-days // _WEEK) * _WEEK
    if period.hours:
        return _moved(query, days * _DAY)
    step = timedelta(days=days)
    return Period(period.first - step, period.last - step)


def _moved(query: Query, seconds: int) -> Period:
    since, until = query.period.bounds(query.zone)
    return of_hours(since - seconds, until - seconds, query.zone)


def _year_before(day: date) -> date:
    """Return the same date a year earlier; the last of February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _renamed_steps(query: Query, other: Query) -> dict[str, str]:
    if not query.grain:
        return {}
    steps, others = (labels(query.grain, each.period, each.zone) for each in (query, other))
    return dict(zip(steps, others, strict=False))


def _change(metric: Metric, before: float | None, now: float | None) -> float | None:
    """Return the change in percent of what it was, or in points for a metric in percent.

    From nothing to something is 100 %, as in Plausible's API.
    """
    if before is None or now is None:
        return None
    if metric.name in _IN_POINTS:
        return round(now - before, 1)
    if before == 0:
        return 100 if now > 0 else 0
    return round((now - before) / before * 100)
