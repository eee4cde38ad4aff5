"""The composition root: what is wired to what, and which route leads where."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from enum import Enum

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ingest.collection import Collection
from ingest.database import open_store, open_store_beside
from ingest.receive.receiver import PATHS, Receive, Scope, Send
from ingest.settings import Settings, SettingsError
from ingest.store.client import StoreError
from ingest.store.disk_guard import DiskGuard
from ingest.store.migrate import check, migrate
from queries.app import routes as query_routes
from queries.dashboard_routes import dashboard_routes
from queries.keys import Keys

_log = logging.getLogger("footfall")
_PATIENCE, _PATIENCE_EMBEDDED = 5.0, 20.0
"""Seconds that a start waits for ClickHouse; an embedded one is there, and slow at worst."""


class Role(Enum):
    """What a process does. One that does a part needs rights for that part alone."""

    BOTH = "serve"
    COLLECT = "collect"
    QUERY = "query"


class App:
    """Collector, queries or both as one ASGI application.

    The event routes are plain ASGI, without a middleware stack between; the rest is Starlette's.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.time, role: Role = Role.BOTH
    ) -> None:
        """Open everything; what cannot be opened is an error that says what to do."""
        self._settings = settings
        self._role = role
        self.keys = Keys(settings.keys, settings.query_rate, sites=settings.sites)
        """The query keys in force."""
        opened = open_store if role is Role.QUERY else open_store_beside
        self._store = opened(settings)
        if self._store.is_embedded and role is not Role.BOTH:
            raise SettingsError(
                f"`footfall {role.value}` needs a ClickHouse server: give --store http://…, "
                "or run `footfall serve`"
            )
        self._disk_guard = DiskGuard(self._store, settings.disk_floor)
        self._collection: Collection | None = None
        if role is not Role.QUERY:
            self._collection = Collection(settings, self._store, self._prepare, self.keys, clock)
        self._prepare_in_time()
        self._others = Starlette(routes=self._routes(clock), lifespan=self._lifespan)

    @property
    def protocol(self) -> type[asyncio.Protocol] | str:
        """The HTTP protocol, for uvicorn."""
        return self._collection.protocol if self._collection else "httptools"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop."""
        if scope["type"] == "http" and scope["path"] in PATHS and self._collection:
            await self._collection.receiver(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    def _routes(self, clock: Callable[[], float]) -> list[Route]:
        routes = [Route("/health/live", _health), Route("/health/ready", _health)]
        if self._collection:
            routes += self._collection.routes()
        if self._role is not Role.COLLECT:
            told = self._collection.told if self._collection else None
            own = query_routes(self._settings, self._store, clock, collecting=told, keys=self.keys)
            routes += [*own, *dashboard_routes(self._settings.sites)]
        return routes

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        if self._collection:
            await self._collection.start()
        await self._disk_guard.start()
        yield
        if self._collection:
            await self._collection.stop()
        await self._disk_guard.stop()
        self._store.close()
        if self._collection:
            self._collection.leave()

    def _prepare(self) -> None:
        """Make the database ready; a process with a part of the rights finds whether it is."""
        if self._role is Role.BOTH:
            self._disk_guard.look()
            settings = self._settings
            migrate(self._store, settings.retention, settings.zones, settings.hours)
        else:
            check(self._store)

    def _prepare_in_time(self) -> None:
        """Make the database ready, if it is there; if not, hits are taken all the same.

        A server that does not answer is not waited for; the shipper goes on trying. Raises
        SchemaError for a database that this version cannot use.
        """
        pool = ThreadPoolExecutor(1)
        patience = _PATIENCE_EMBEDDED if self._store.is_embedded else _PATIENCE
        prepare = self._collection.prepare if self._collection else self._prepare
        try:
            pool.submit(prepare).result(patience)
        except StoreError as error:
            _log.warning("%s; the spool keeps the records until it is back", error)
        except TimeoutError:
            _log.warning("ClickHouse does not answer; the spool keeps the records until it does")
        pool.shutdown(wait=False)


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")
