"""Statements to results, within a time limit."""

from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool

from ingest.store.client import Store, StoreError
from queries.problem import ProblemError
from queries.sql import Statement, Statements

TIME_LIMIT = 10.0
"""Seconds that a statement may take."""
_OVER_THE_LIMIT = ("TIMEOUT_EXCEEDED", "TOO_SLOW")

Row = tuple[Any, ...]


class Results(NamedTuple):
    """What the store answered to Statements."""

    rows: list[Row]
    row_count: int | None
    sums: tuple[int, int] | None


async def run(store: Store, statements: Statements, seconds: float = TIME_LIMIT) -> Results:
    """Return the results; raise a 504 past `seconds` a statement, a 503 if the store fails.

    The statements run one after the other in a thread, since a driver's call blocks.
    """
    try:
        return await run_in_threadpool(_run, store, statements, seconds)
    except StoreError as error:
        raise _problem(error, seconds) from None


def _run(store: Store, statements: Statements, seconds: float) -> Results:
    def select(statement: Statement) -> list[Row]:
        settings = {"max_execution_time": seconds}
        return store.query(statement.text, statement.parameters, settings)

    return Results(
        rows=select(statements.rows),
        row_count=select(statements.row_count)[0][0] if statements.row_count else None,
        sums=select(statements.sums)[0] if statements.sums else None,
    )


def _problem(error: StoreError, seconds: float) -> ProblemError:
    if error.name in _OVER_THE_LIMIT:
        return ProblemError(
            504, f"the query took over {seconds:g} s; ask for fewer days or dimensions"
        )
    return ProblemError(503, "the statistics cannot be read at the moment; try again later")
