"""Rows to the answer, in the shape of Plausible's Stats API v2."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import orjson

from ingest.store.dimensions import OTHER
from queries.compare import pair_up
from queries.definitions import define
from queries.filters import Condition, Filter, Junction, Negation
from queries.labels import labels
from queries.pipeline import Answer
from queries.plan import Plan
from queries.request import Query
from queries.run import Row

_OTHER = (
    f"{OTHER} holds values past the number that a site and day may have, and free text that "
    "fewer than k visitors of the day share"
)


def render(answer: Answer, behind: int | None = None) -> bytes:
    """Return the answer as JSON: the results, what to know about them, and the query in full.

    `behind` is how many seconds ClickHouse is behind the collector, if that is known.
    """
    return orjson.dumps(
        {
            "results": _results(answer),
            "meta": _meta(answer) | {"freshness": {"behind_seconds": behind}},
            "query": _echo(answer.plan.query),
        }
    )


def _results(answer: Answer) -> list[dict[str, object]]:
    plan, results = answer.plan, answer.results
    width = len(plan.query.dimensions)
    rows: list[dict[str, Any]] = [
        {"metrics": metrics, "dimensions": row[:width]}
        for row, metrics in zip(results.rows, _metrics(plan, results.rows), strict=True)
    ]
    if answer.other and results.compared is not None:
        told = zip(results.compared, _metrics(plan, results.compared), strict=True)
        compare = pair_up(plan, answer.other, [(*row[:width], *metrics) for row, metrics in told])
        for row in rows:
            row["comparison"] = compare(row["dimensions"], row["metrics"])._asdict()
    return rows


def _metrics(plan: Plan, rows: Sequence[Row]) -> list[list[float | None]]:
    """Return the metrics of each row as they are told."""
    formulas = [metric.formulas[plan.kind] for metric in plan.query.metrics]
    width = len(plan.query.dimensions)
    return [
        [formula.told(value) for formula, value in zip(formulas, row[width:], strict=True)]
        for row in rows
    ]


def _meta(answer: Answer) -> dict[str, object]:
    plan, results = answer.plan, answer.results
    query, width = plan.query, len(plan.query.dimensions)
    meta: dict[str, object] = {
        "date_range": moments(query),
        "timezone": query.zone.key,
        "definitions": define(plan),
        "withheld": answer.withheld,
    }
    if any(OTHER in row[:width] for row in results.rows):
        meta["other"] = _OTHER
    if results.row_count is not None:
        meta["total_rows"] = results.row_count
    if answer.other:
        meta["comparison_date_range"] = moments(answer.other.query)
    if query.include.time_labels and query.grain:
        meta["time_labels"] = labels(query.grain, query.period, query.zone)
    if query.include.imports:
        meta |= {"imports_included": False, "imports_skip_reason": "no_imported_data"}
    return meta


def moments(query: Query) -> list[str]:
    """Return the first and the last second of the period, with their offsets from UTC."""
    since, until = query.period.bounds(query.zone)
    return [datetime.fromtimestamp(each, query.zone).isoformat() for each in (since, until - 1)]


def _echo(query: Query) -> dict[str, object]:
    """Return the query with all that was left out filled in; sent again, it asks the same."""
    domains = [site.domain for site in query.sites]
    return {
        "site_id": domains[0] if len(domains) == 1 else domains,
        "metrics": [metric.name for metric in query.metrics],
        "date_range": _date_range(query),
        "dimensions": [dimension.name for dimension in query.dimensions],
        "filters": [_filter(each) for each in query.filters],
        "order_by": [
            [each.column.name, "desc" if each.descending else "asc"] for each in query.order_by
        ],
        "include": {"total_rows": query.include.total_rows} | msgspec.to_builtins(query.include),
        "pagination": {"limit": query.pagination.limit, "offset": query.pagination.offset},
    }


def _date_range(query: Query) -> list[str]:
    if query.period.hours:
        return moments(query)
    return [day.isoformat() for day in (query.period.first, query.period.last)]


def _filter(condition: Condition) -> list[object]:
    match condition:
        case Filter(operator, attribute, values, case_sensitive):
            modifiers = [] if case_sensitive else [{"case_sensitive": False}]
            return [operator.value, attribute.name, list(values), *modifiers]
        case Junction(word, parts):
            return [word, [_filter(part) for part in parts]]
        case Negation(part):
            return ["not", _filter(part)]
