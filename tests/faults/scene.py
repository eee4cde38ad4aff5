"""A few hits in a known order, entered in the books."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from clickhouse import ClickHouse

from ingest.store.client import Store
from tests.faults.books import ACKNOWLEDGED, Books
from tests.faults.collector import Collector
from tests.faults.expectation import Outcome, Scope, judge


class Scene:
    """A collector at a ClickHouse server, and visitors who come when they are told to."""

    def __init__(
        self,
        folder: Path,
        clickhouse: ClickHouse,
        *,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ):
        self.books = Books()
        self.collector = Collector(folder, clickhouse.url, **options)
        self.clickhouse = clickhouse
        self._clock = clock

    def __enter__(self):
        self.collector.start()
        return self

    def __exit__(self, *error) -> None:
        self.collector.__exit__(*error)

    def view(self, visitors: Iterable[int]) -> None:
        """Let each visitor view a page."""
        for visitor in visitors:
            hit = self.books.open(visitor, self._clock())
            status = self.collector.view(hit.page, visitor)
            self.books.close(hit, status)
            assert status == ACKNOWLEDGED

    def restart(self) -> None:
        """End the collector as a crash does, and start it again."""
        self.collector.kill()
        self.collector.start()

    def judge(self, scope: Scope) -> Outcome:
        """Let everything be counted, and compare. The collector runs on."""
        self.collector.wait_until(self.collector.has_shipped)
        store = Store(self.clickhouse.url, self.collector.data)
        outcome = judge(self.books, store, self.collector.settings(), scope)
        store.close()
        return outcome
