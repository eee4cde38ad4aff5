"""Rows to the answer, in the shape of Plausible's Stats API v2."""

from datetime import datetime, time

import orjson

from ingest.store.dimensions import OTHER
from queries.catalogue import Formula
from queries.definitions import define
from queries.plan import Plan
from queries.request import Query
from queries.run import Results

_OTHER = (
    f"{OTHER} holds values past the number that a site and day may have, and free text that "
    "fewer than k visitors of the day share"
)


def render(plan: Plan, results: Results, withheld: dict[str, object] | None) -> bytes:
    """Return the answer as JSON: the results, what to know about them, and the query in full."""
    return orjson.dumps(
        {
            "results": [_result(plan, row) for row in results.rows],
            "meta": _meta(plan, results, withheld),
            "query": _echo(plan.query),
        }
    )


def _result(plan: Plan, row: tuple[object, ...]) -> dict[str, object]:
    width = len(plan.query.dimensions)
    formulas = [metric.formulas[plan.kind] for metric in plan.query.metrics]
    values = [_number(*each) for each in zip(formulas, row[width:], strict=True)]
    return {"metrics": values, "dimensions": row[:width]}


def _number(formula: Formula, value: object) -> object:
    """Return a whole number without a decimal point; ClickHouse rounds to floats."""
    return int(value) if isinstance(value, float) and formula.decimals == 0 else value


def _meta(plan: Plan, results: Results, withheld: dict[str, object] | None) -> dict[str, object]:
    width = len(plan.query.dimensions)
    meta: dict[str, object] = {
        "date_range": _moments(plan.query),
        "timezone": plan.query.site.timezone.key,
        "definitions": define(plan),
        "withheld": withheld,
    }
    if any(OTHER in row[:width] for row in results.rows):
        meta["other"] = _OTHER
    if results.row_count is not None:
        meta["total_rows"] = results.row_count
    return meta


def _moments(query: Query) -> list[str]:
    """Return the first and the last second of the days, with their offsets from UTC."""
    zone = query.site.timezone
    first = datetime.combine(query.period.first, time(), zone)
    last = datetime.combine(query.period.last, time(23, 59, 59), zone)
    return [first.isoformat(), last.isoformat()]


def _echo(query: Query) -> dict[str, object]:
    """Return the query with all that was left out filled in; sent again, it asks the same."""
    return {
        "site_id": query.site.domain,
        "metrics": [metric.name for metric in query.metrics],
        "date_range": [day.isoformat() for day in query.period],
        "dimensions": [dimension.name for dimension in query.dimensions],
        "filters": [
            [each.operator.value, each.attribute.name, list(each.values)] for each in query.filters
        ],
        "order_by": [
            [each.column.name, "desc" if each.descending else "asc"] for each in query.order_by
        ],
        "include": {"total_rows": query.include.total_rows},
        "pagination": {"limit": query.pagination.limit, "offset": query.pagination.offset},
    }
