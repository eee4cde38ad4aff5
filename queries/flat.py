"""An answer as flat rows, keyed by the names that were asked for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from queries.pipeline import Answer
from queries.plan import Plan


def flat(plan: Plan, rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Yield each row's values, dimensions first, as an answer tells them."""
    width = len(plan.query.dimensions)
    formulas = [metric.formulas[plan.kind] for metric in plan.query.metrics]
    for row in rows:
        metrics = (
            formula.told(value) for formula, value in zip(formulas, row[width:], strict=True)
        )
        yield [*row[:width], *metrics]


def render_rows(answer: Answer, columns: Sequence[str]) -> bytes:
    """Return a JSON array with an object for each row."""
    rows = flat(answer.plan, answer.results.rows)
    return orjson.dumps([dict(zip(columns, row, strict=True)) for row in rows])
