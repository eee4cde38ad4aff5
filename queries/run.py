"""Statements to results, within limits of time and memory."""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

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


class Results(NamedTuple):
    """What the store answered to Statements."""

    rows: list[Row]
    row_count: int | None
    sums: tuple[int, int] | None
    compared: list[Row] | None = None


async def run(
    store: Store,
    statements: Statements,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> Results:
    """Return the results, or raise a problem.

    It is a 504 past `seconds` and a 422 past `memory` (bytes) a statement, a 503 if the store fails.
    The statements run one after the other in a thread, since a driver's call blocks.
    """
    limits = _limits(seconds, memory)
    return await _in_thread(lambda: _run(store, statements, limits), seconds)


async def select(store: Store, statement: Statement) -> list[Row]:
    """Return the rows of one statement, or raise a problem as `run` does."""
    limits = _limits(TIME_LIMIT, MEMORY_LIMIT)
    return await _in_thread(
        lambda: store.query(statement.text, statement.parameters, limits), TIME_LIMIT
    )


async def _in_thread(ask: Callable[[], _Answer], seconds: float) -> _Answer:
    try:
        asked = asyncio.get_running_loop().run_in_executor(_POOL, ask)
        return await asyncio.wait_for(asked, _PATIENCE * seconds)
    except StoreError as error:
        raise _problem(error, seconds) from None
    except TimeoutError:
        detail = "too many queries wait; try again later"
        raise ProblemError(503, detail, headers={"Retry-After": "10"}) from None


def stream(
    store: Store, statement: Statement, seconds: float = STREAM_TIME_LIMIT
) -> Generator[list[Row]]:
    """Yield the rows in blocks, as they come; raise what `run` raises. Blocks its thread."""
    try:
        yield from store.stream(
            statement.text, statement.parameters, _limits(seconds, MEMORY_LIMIT)
        )
    except StoreError as error:
        raise _problem(error, seconds) from None


def _limits(seconds: float, memory: int) -> dict[str, object]:
    return {
        "max_execution_time": seconds,
        "max_memory_usage": memory,
        "max_threads": _THREADS,
    }


def _run(store: Store, statements: Statements, limits: dict[str, object]) -> Results:
    def ask(statement: Statement) -> list[Row]:
        return store.query(statement.text, statement.parameters, limits)

    return Results(
        rows=ask(statements.rows),
        row_count=ask(statements.row_count)[0][0] if statements.row_count else None,
        sums=ask(statements.sums)[0] if statements.sums else None,
        compared=ask(statements.compared) if statements.compared else None,
    )


def _problem(error: StoreError, seconds: float) -> ProblemError:
    if error.name in _NOT_A_PATTERN:
        return ProblemError(422, "filters: a pattern is not a regular expression of RE2's syntax")
    if error.name in _OVER_THE_TIME:
        return ProblemError(
            504, f"the query took over {seconds:g} s; ask for fewer days or dimensions"
        )
    if error.name == _OVER_THE_MEMORY:
        return ProblemError(
            422, "the query needs too much memory; ask for fewer days or dimensions"
        )
    return ProblemError(503, "the statistics cannot be read at the moment; try again later")
