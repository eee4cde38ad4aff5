"""A site whose traffic records are made by hand, asked by HTTP."""

import asyncio
from collections.abc import Callable, MutableMapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from ingest.settings import Key, Settings, Site, secret_hash
from ingest.store.client import Store
from ingest.store.tables import COUNTERS, CROSSTABS, DAYS, DROPS, TABLES, TRAFFIC, Table
from queries.app import routes
from queries.cache import Cache
from queries.collecting import Collecting

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).timestamp()
"""A Monday."""
SECRET = "made-up-secret"


class Website:
    """A site with traffic records made by hand, and its query API."""

    def __init__(
        self,
        store: Store,
        runner: asyncio.Runner,
        domain: str,
        zone: str,
        k: int,
        second_zone: str | None,
        collects: bool,
    ) -> None:
        self.domain = domain
        self.second = f"second.{domain}"
        """Opened by the key too, if it was given a zone."""
        self._store = store
        self._runner = runner
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        site = Site(domain=domain, timezone=ZoneInfo(zone), k=k)
        sites = [site]
        if second_zone:
            sites.append(Site(domain=self.second, timezone=ZoneInfo(second_zone), k=k))
        self._zones = {site.domain: site.timezone for site in sites}
        opened = tuple(site.domain for site in sites)
        key = Key(name="test", sha256=secret_hash(SECRET), sites=opened)
        settings = Settings(sites=(*sites, Site(domain="other.example")), keys=(key,))
        self.current: dict[str, int] = {}
        """Visitors that are there now, by site."""
        collecting = Collecting(lambda: 0, lambda: self.current) if collects else None
        uncached = Cache(seconds=0)
        served = routes(settings, store, lambda: NOW, collecting=collecting, cache=uncached)
        self._app = Starlette(routes=served)

    def traffic(
        self, dimension: str, value: str, hour: str, *, site: str | None = None, **counters: int
    ) -> None:
        """Add a record by hour and one by day; `hour` is UTC, like 2026-11-23 14:00."""
        moment, site = datetime.fromisoformat(hour).replace(tzinfo=UTC), site or self.domain
        day = moment.astimezone(self._zones.get(site, UTC)).date()
        self._add(TRAFFIC, (site, dimension, moment, value), counters)
        self._add(DAYS, (site, dimension, day, value), counters)

    def crosstab(self, pair: str, values: tuple[str, str], day: str, **counters: int) -> None:
        """Add a record of a pair written like `page source`."""
        self._add(
            CROSSTABS, (self.domain, *pair.split(), date.fromisoformat(day), *values), counters
        )

    def drop(self, reason: str, hour: str, hits: int) -> None:
        """Add hits that were not counted; `hour` as for `traffic`."""
        moment = datetime.fromisoformat(hour).replace(tzinfo=UTC)
        row = (self.domain, moment, reason, hits)
        self._waiting.setdefault(DROPS.name, []).append(row)

    def insert(self) -> None:
        """Insert what was added; every request does so first."""
        for table in TABLES:
            if rows := self._waiting.pop(table.name, []):
                self._store.insert(table, list(zip(*rows, strict=True)), str(uuid4()))

    def _add(self, table: Table, key: tuple[Any, ...], counters: dict[str, int]) -> None:
        assert set(counters) <= set(COUNTERS)
        row = (*key, *(counters.get(name, 0) for name in table.counted))
        self._waiting.setdefault(table.name, []).append(row)

    def send(
        self, method: str = "POST", path: str = "/api/v2/query", **options: object
    ) -> httpx.Response:
        """Send a request to the query route, with the key unless told otherwise."""
        self.insert()
        options = {"headers": {"Authorization": f"Bearer {SECRET}"}} | options
        return self._runner.run(self._send(method, path, options))

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **options)

    def get(self, metrics: str, date_range: str = "day", **parameters: object) -> httpx.Response:
        """Ask by URL parameters; `metrics` are written with commas between."""
        asked = {"site_id": self.domain, "metrics": metrics, "date_range": date_range}
        return self.send("GET", params=asked | parameters)

    def hang_up(self) -> dict[str, Any]:
        """Go away before the body is sent; return how the answer to nobody starts."""
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(dict(message))

        headers = [(b"authorization", f"Bearer {SECRET}".encode())]
        scope = {"type": "http", "method": "POST", "path": "/api/v2/query", "headers": headers}
        self._runner.run(self._app(scope | {"query_string": b""}, receive, send))
        return said[0]

    def ask(self, metrics: str, date_range: object = "day", **more: object) -> dict[str, Any]:
        """Return the answer to a query; `metrics` are written with spaces between."""
        body = {"site_id": self.domain, "metrics": metrics.split(), "date_range": date_range}
        response = self.send(json=body | more)
        assert response.status_code == 200, response.text
        return response.json()

    def rows(self, metrics: str, date_range: object = "day", **more: object) -> list[list[Any]]:
        """Return the rows of an answer, dimensions first."""
        results = self.ask(metrics, date_range, **more)["results"]
        return [[*row["dimensions"], *row["metrics"]] for row in results]


MakeWebsite = Callable[..., Website]
