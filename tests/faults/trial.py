"""A trial: a collector, visitors who keep coming, and the books about them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.store.client import Store, StoreError
from tests.faults.books import ACKNOWLEDGED, Books
from tests.faults.collector import Collector
from tests.faults.expectation import Outcome, Scope, judge, page_counts
from tests.faults.visitors import Visitors

_PATIENCE = 120


class Trial:
    """Runs a collector against a store; `direct` is the store's URL without a proxy between."""

    def __init__(
        self,
        folder: Path,
        store: str = "chdb",
        *,
        direct: str | None = None,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ):
        self.books = Books()
        self.collector = Collector(folder, store, **options)
        self.visitors = Visitors(self.collector.port, self.books, clock)
        self._direct = direct or store

    def __enter__(self):
        self.collector.start()
        self.visitors.__enter__()
        return self

    def __exit__(self, *error) -> None:
        try:
            self.visitors.__exit__(*error)
        finally:
            self.collector.__exit__(*error)

    def wait_for_hits(self, hits: int, status: int = ACKNOWLEDGED) -> None:
        """Wait until so many more hits are answered so."""
        goal = self.books.count(status) + hits
        self.wait_until(lambda: self.books.count(status) >= goal)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        limit = time.monotonic() + _PATIENCE
        while not is_so():
            assert time.monotonic() < limit, self.collector.log.read_text()
            time.sleep(0.05)

    @property
    def acknowledged(self) -> int:
        return self.books.count(ACKNOWLEDGED)

    def finish(self, scope: Scope = Scope.TIMELESS) -> Outcome:
        """Stop the visitors, let everything be counted, stop the collector, and compare."""
        self.visitors.__exit__()
        self.wait_until(lambda: self.counted() >= self.acknowledged)
        assert self.collector.stop() == 0, self.collector.log.read_text()
        store = Store(self._direct, self.collector.data)
        outcome = judge(self.books, store, self.collector.settings(), scope)
        store.close()
        return outcome

    def counted(self) -> int:
        """Return how many page views ClickHouse has, or -1 if it cannot tell."""
        if self._direct == "chdb":
            return self.collector.pageviews()
        store = Store(self._direct, self.collector.data)
        try:
            return sum(page_counts(store).values())
        except StoreError:
            return -1
        finally:
            store.close()
