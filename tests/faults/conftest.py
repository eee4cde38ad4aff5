"""A real ClickHouse, a proxy before it, and the table of what the faults cost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clickhouse import ClickHouse, find_clickhouse

from tests.faults.expectation import Outcome
from tests.faults.proxy import FaultProxy

_ROWS = pytest.StashKey[list[tuple]]()
_HEAD = ("fault", "runs", "acknowledged", "counted", "difference", "refused", "no answer")
_LINE = "{:<58}{:>5}{:>14}{:>9}{:>12}{:>9}{:>11}"

Report = Callable[[str, int, Outcome], None]


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Enter a trial into the table, and fail if it cost a hit."""
    rows = request.config.stash.setdefault(_ROWS, [])

    def enter(fault: str, runs: int, outcome: Outcome) -> None:
        rows.append((fault, runs, *outcome[:-1]))
        assert outcome.difference == 0
        assert not outcome.deviations, "\n".join(outcome.deviations)

    return enter


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    rows = config.stash.get(_ROWS, [])
    if rows:
        terminalreporter.section("hits, through faults")
        for row in (_HEAD, *rows):
            terminalreporter.write_line(_LINE.format(*row))


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    with find_clickhouse(tmp_path / "clickhouse") as server:
        yield server


@pytest.fixture
def proxy(clickhouse: ClickHouse) -> Iterator[FaultProxy]:
    with FaultProxy(clickhouse.port) as between:
        yield between
