"""Statements to results, within limits of time and memory; and the way to where they are run."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from ingest.store.client import Store, StoreError
from queries.problem import ProblemError
from queries.sql import Statement, Statements

TIME_LIMIT = 10.0
"""Seconds that a statement may take."""
STREAM_TIME_LIMIT = 60.0
"""Seconds for a statement whose rows are read as they come."""
MEMORY_LIMIT = 1024**3
"""Bytes that a statement may take in ClickHouse."""
_THREADS = 2
"""Of ClickHouse for a statement."""
_POOL = ThreadPoolExecutor(4, "query")
"""For so many queries at once; others wait, so that a wall of dashboards leaves the processor to
hits."""
_PATIENCE = 3
"""Time limits that a query waits for its turn and its answer."""
_OVER_THE_TIME = ("TIMEOUT_EXCEEDED", "TOO_SLOW")
_OVER_THE_MEMORY = "MEMORY_LIMIT_EXCEEDED"

_NOT_A_PATTERN = ("CANNOT_COMPILE_REGEXP",)

Row = tuple[Any, ...]
_Answer = TypeVar("_Answer")
_Given = TypeVarTuple("_Given")


class Results(NamedTuple):
    """What the store answered to Statements."""

    rows: list[Row]
    row_count: int | None
    sums: tuple[int, int] | None
    compared: list[Row] | None = None


async def ask(
    store: Store,
    work: Callable[[Store, *_Given], _Answer],
    *given: *_Given,
) -> _Answer:
    """Return what `work` answers, done where the store is; or raise a problem.

    It is a 504 for a statement over its time limit and a 422 for one over its memory limit, a 503
    if the store fails or too many ask. A thread waits for it meanwhile, since such a call blocks.
    """
    call = partial(store.do, work, *given)
    try:
        asked = asyncio.get_running_loop().run_in_executor(_POOL, call)
        return await asyncio.wait_for(asked, _PATIENCE * TIME_LIMIT)
    except TimeoutError:
        detail = "too many queries wait; try again later"
        raise ProblemError(503, detail, headers={"Retry-After": "10"}) from None
    except StoreError as error:
        raise problem_of(error) from None


def run(
    store: Store,
    statements: Statements,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> Results:
    """Return the results. Raises StoreError, also for a statement over a limit (s, bytes)."""
    limits = _limits(seconds, memory)

    def rows(statement: Statement) -> list[Row]:
        return store.query(statement.text, statement.parameters, limits)

    return Results(
        rows=rows(statements.rows),
        row_count=rows(statements.row_count)[0][0] if statements.row_count else None,
        sums=rows(statements.sums)[0] if statements.sums else None,
        compared=rows(statements.compared) if statements.compared else None,
    )


def select(store: Store, statement: Statement) -> list[Row]:
    """Return the rows of one statement. Raises StoreError."""
    return store.query(statement.text, statement.parameters, _limits(TIME_LIMIT, MEMORY_LIMIT))


def stream(store: Store, statement: Statement) -> Iterator[list[Row]]:
    """Return an iterator of the rows in blocks, as they come. Raises StoreError."""
    limits = _limits(STREAM_TIME_LIMIT, MEMORY_LIMIT)
    return store.stream(statement.text, statement.parameters, limits)


def _limits(seconds: float, memory: int) -> dict[str, object]:
    return {
        "max_execution_time": seconds,
        "max_memory_usage": memory,
        "max_threads": _THREADS,
    }


def problem_of(error: StoreError) -> ProblemError:
    """Return what a caller is told of an error."""
    if error.name in _NOT_A_PATTERN:
        return ProblemError(422, "filters: a pattern is not a regular expression of RE2's syntax")
    if error.name in _OVER_THE_TIME:
        return ProblemError(504, "the query took too long; ask for fewer days or dimensions")
    if error.name == _OVER_THE_MEMORY:
        return ProblemError(
            422, "the query needs too much memory; ask for fewer days or dimensions"
        )
    return ProblemError(503, "the statistics cannot be read at the moment; try again later")
