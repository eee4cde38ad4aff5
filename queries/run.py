"""Statements to results, within a time limit."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from starlette.concurrency import run_in_threadpool

from ingest.store.client import Store, StoreError
from queries.problem import ProblemError
from queries.sql import Statement, Statements

TIME_LIMIT = 10.0
"""Seconds that a statement may take."""
_OVER_THE_LIMIT = ("TIMEOUT_EXCEEDED", "TOO_SLOW")
_NOT_A_PATTERN = ("CANNOT_COMPILE_REGEXP",)

Row = tuple[Any, ...]
_Answer = TypeVar("_Answer")


class Results(NamedTuple):
    """What the store answered to Statements."""

    rows: list[Row]
    row_count: int | None
    sums: tuple[int, int] | None
    compared: list[Row] | None = None


async def run(store: Store, statements: Statements, seconds: float = TIME_LIMIT) -> Results:
    """Return the results; raise a 504 past `seconds` a statement, a 503 if the store fails.

    The statements run one after the other in a thread, since a driver's call blocks.
    """
    return await _in_thread(lambda: _run(store, statements, seconds), seconds)


async def select(store: Store, statement: Statement, seconds: float = TIME_LIMIT) -> list[Row]:
    """Return the rows of one statement, as `run` does."""
    return await _in_thread(lambda: _select(store, statement, seconds), seconds)


async def _in_thread(ask: Callable[[], _Answer], seconds: float) -> _Answer:
    try:
        return await run_in_threadpool(ask)
    except StoreError as error:
        raise _problem(error, seconds) from None


def _run(store: Store, statements: Statements, seconds: float) -> Results:
    def ask(statement: Statement) -> list[Row]:
        return _select(store, statement, seconds)

    return Results(
        rows=ask(statements.rows),
        row_count=ask(statements.row_count)[0][0] if statements.row_count else None,
        sums=ask(statements.sums)[0] if statements.sums else None,
        compared=ask(statements.compared) if statements.compared else None,
    )


def _select(store: Store, statement: Statement, seconds: float) -> list[Row]:
    return store.query(statement.text, statement.parameters, {"max_execution_time": seconds})


def _problem(error: StoreError, seconds: float) -> ProblemError:
    if error.name in _NOT_A_PATTERN:
        return ProblemError(422, "filters: a pattern is not a regular expression of RE2's syntax")
    if error.name in _OVER_THE_LIMIT:
        return ProblemError(
            504, f"the query took over {seconds:g} s; ask for fewer days or dimensions"
        )
    return ProblemError(503, "the statistics cannot be read at the moment; try again later")
