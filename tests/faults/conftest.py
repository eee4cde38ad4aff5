"""A real ClickHouse, a proxy before it, and a place in the table of what the faults cost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clickhouse import ClickHouse, find_clickhouse

from tests.faults.expectation import Outcome
from tests.faults.proxy import FaultProxy
from tests.faults.table import ROW

Report = Callable[[str, int, Outcome], None]


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Enter a trial into the table, and fail if it cost a hit."""

    def enter(fault: str, runs: int, outcome: Outcome) -> None:
        record_property(ROW, (fault, runs, *outcome[:-1]))
        assert outcome.difference == 0
        assert not outcome.deviations, "\n".join(outcome.deviations)

    return enter


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    with find_clickhouse(tmp_path / "clickhouse") as server:
        yield server


@pytest.fixture
def proxy(clickhouse: ClickHouse) -> Iterator[FaultProxy]:
    with FaultProxy(clickhouse.port) as between:
        yield between
