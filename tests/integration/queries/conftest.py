import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.applications import Starlette

from ingest.settings import Key, Settings, Site, secret_hash
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.tables import COUNTERS, CROSSTABS, TRAFFIC, Table
from queries.app import routes

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).timestamp()
"""A Monday."""
SECRET = "made-up-secret"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    # Embedded ClickHouse opens one folder a process, so it is closed before another module's.
    store = Store("chdb", tmp_path_factory.mktemp("data"))
    migrate(store, retention_days=20_000)
    yield store
    store.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    # One loop for a module keeps its worker threads, and with them the store's clients.
    with asyncio.Runner() as runner:
        yield runner


class Website:
    """A site with traffic records made by hand, and its query API."""

    def __init__(
        self, store: Store, runner: asyncio.Runner, domain: str, zone: str, k: int
    ) -> None:
        self.domain = domain
        self._store = store
        self._runner = runner
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        site = Site(domain=domain, timezone=ZoneInfo(zone), k=k)
        other = Site(domain="other.example")
        key = Key(name="test", sha256=secret_hash(SECRET), sites=(domain,))
        settings = Settings(sites=(site, other), keys=(key,))
        self._app = Starlette(routes=routes(settings, store, lambda: NOW))

    def traffic(self, dimension: str, value: str, hour: str, **counters: int) -> None:
        """Add a record; `hour` is UTC, like 2026-11-23 14:00."""
        moment = datetime.fromisoformat(hour).replace(tzinfo=UTC)
        self._add(TRAFFIC, (self.domain, dimension, moment, value), counters)

    def crosstab(self, pair: str, values: tuple[str, str], day: str, **counters: int) -> None:
        """Add a record of a pair written like `page source`."""
        self._add(
            CROSSTABS, (self.domain, *pair.split(), date.fromisoformat(day), *values), counters
        )

    def insert(self) -> None:
        """Insert what was added; every request does so first."""
        for table in (TRAFFIC, CROSSTABS):
            if rows := self._waiting.pop(table.name, []):
                self._store.insert(table, list(zip(*rows, strict=True)), str(uuid4()))

    def _add(self, table: Table, key: tuple[Any, ...], counters: dict[str, int]) -> None:
        assert set(counters) <= set(COUNTERS)
        row = (*key, *(counters.get(name, 0) for name in COUNTERS))
        self._waiting.setdefault(table.name, []).append(row)

    def send(self, method: str = "POST", **options: Any) -> httpx.Response:
        """Send a request to the query route, with the key unless told otherwise."""
        self.insert()
        options = {"headers": {"Authorization": f"Bearer {SECRET}"}} | options
        return self._runner.run(self._send(method, options))

    async def _send(self, method: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, "/api/v2/query", **options)

    def ask(self, metrics: str, date_range: Any = "day", **more: Any) -> Any:
        """Return the answer to a query; `metrics` are written with spaces between."""
        body = {"site_id": self.domain, "metrics": metrics.split(), "date_range": date_range}
        response = self.send(json=body | more)
        assert response.status_code == 200, response.text
        return response.json()

    def rows(self, metrics: str, date_range: Any = "day", **more: Any) -> list[list[Any]]:
        """Return the rows of an answer, dimensions first."""
        results = self.ask(metrics, date_range, **more)["results"]
        return [[*row["dimensions"], *row["metrics"]] for row in results]


@pytest.fixture
def website(
    store: Store, runner: asyncio.Runner, request: pytest.FixtureRequest
) -> Callable[..., Website]:
    # Each test has a site of its own in the module's store.
    domain = f"test-{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}.example"

    def make(zone: str = "UTC", k: int = 5) -> Website:
        return Website(store, runner, domain, zone, k)

    return make
