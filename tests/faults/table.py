"""The table of what the faults cost. Reports carry its rows, from other processes too."""

from collections.abc import Iterator
from typing import Any

import pytest

ROW = "hits, through a fault"
"""The name of the property of a test's report that is a row."""
_HEAD = ("fault", "runs", "acknowledged", "counted", "difference", "refused", "no answer")
_LINE = "{:<58}{:>5}{:>14}{:>9}{:>12}{:>9}{:>11}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = sorted(_rows(terminalreporter))
    if rows:
        terminalreporter.section("hits, through faults")
        for row in (_HEAD, *rows):
            terminalreporter.write_line(_LINE.format(*row))


def _rows(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[Any, ...]]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            # A test's last report has all that it noted.
            if getattr(report, "when", None) == "teardown":
                yield from (value for name, value in report.user_properties if name == ROW)
