"""The composition root: what is wired to what, and which route leads where."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.beacon.routes import beacon_routes
from ingest.beacon.sample_pages import sample_page
from ingest.collector import Collector
from ingest.metrics import CONTENT_TYPE, Metrics
from ingest.pipeline import Pipeline
from ingest.receive.batch_receiver import PATH as BATCH_PATH
from ingest.receive.batch_receiver import BatchReceiver
from ingest.receive.protocol import bind
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import PATHS, Receive, Receiver, Scope, Send
from ingest.settings import Geo, Settings, SettingsError
from ingest.shipper import Shipper
from ingest.spool.opening import Claim, open_spool
from ingest.store.client import Store, StoreError
from ingest.store.disk_guard import DiskGuard
from ingest.store.migrate import migrate
from ingest.visit.handover import Handover, HandoverError, default_path
from ingest.visit.keys import Keyring
from queries.app import routes as query_routes
from queries.collecting import Collecting
from queries.dashboard_routes import dashboard_routes
from queries.keys import Keys

_log = logging.getLogger("footfall")
_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PATIENCE = 5.0
"""Seconds that a start waits for ClickHouse."""


class App:
    """Collector and queries as one ASGI application.

    The event routes are plain ASGI, without a middleware stack between; the rest is Starlette's.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        """Open everything; what cannot be opened is an error that says what to do."""
        self._settings = settings
        self.keys = Keys(settings.keys, settings.query_rate, sites=settings.sites)
        """The query keys in force."""
        self._claim = Claim(settings.data)
        self._places = open_places(settings.geo)
        self._spool, was_damaged = open_spool(
            settings.data, settings.spool_limit, settings.disk_floor, clock()
        )
        pipeline = Pipeline(settings, self._places, Keyring())
        handover = open_handover(settings)
        last_part = None if was_damaged else self._spool.last_part
        is_taken_over = take_over(pipeline, handover, last_part)
        pipeline.sweep(int(clock()))
        self._store = Store(settings.store, settings.data)
        self._disk_guard = DiskGuard(self._store, settings.disk_floor)
        self._collector = Collector(pipeline, self._spool, handover, clock)
        self._shipper = Shipper(self._spool, self._store, self._migrate)
        self._prepare_store()
        damaged = {"spool": int(was_damaged), "handover": int(not is_taken_over)}
        self._metrics = Metrics(self._collector, self._spool, self._shipper, damaged)
        proxies = Proxies(settings.trusted_proxies)
        self._receiver = Receiver(proxies, self._collector.collect)
        self.protocol = bind(proxies, self._collector.take)
        """For uvicorn: answers events itself, and leaves the rest to this application."""
        batches = BatchReceiver(lambda: self.keys.in_force, self._collector.collect_all, clock)
        collecting = Collecting(self._shipper.behind, self._collector.current)
        self._others = Starlette(
            routes=[
                *beacon_routes(settings),
                Route("/sample/{path:path}", self._sample),
                Route("/health/live", _health),
                Route("/health/ready", _health),
                Route("/metrics", self._tell_metrics),
                Route(BATCH_PATH, batches.__call__, methods=["POST"]),
                *query_routes(settings, self._store, clock, collecting=collecting, keys=self.keys),
                *dashboard_routes(settings.sites),
            ],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop."""
        if scope["type"] == "http" and scope["path"] in PATHS:
            await self._receiver(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        await self._collector.start()
        await self._shipper.start()
        await self._disk_guard.start()
        yield
        await self._collector.stop()
        await self._shipper.stop()
        await self._disk_guard.stop()
        self._places.close()
        self._spool.close()
        self._store.close()
        self._claim.close()

    def _migrate(self) -> None:
        self._disk_guard.look()
        migrate(self._store, self._settings.retention)

    def _prepare_store(self) -> None:
        """Make the tables, if ClickHouse is there; if not, hits are taken all the same.

        A server that does not answer is not waited for; the shipper goes on trying. Raises
        SchemaError for a database of a newer version.
        """
        pool = ThreadPoolExecutor(1)
        try:
            pool.submit(self._shipper.prepare).result(_PATIENCE)
        except StoreError as error:
            _log.warning("%s; the spool keeps the records until it is back", error)
        except TimeoutError:
            _log.warning("ClickHouse does not answer; the spool keeps the records until it does")
        pool.shutdown(wait=False)

    async def _tell_metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE})

    async def _sample(self, request: Request) -> Response:
        page = sample_page(request.path_params["path"], self._settings.sites[0].domain)
        if page is None:
            return PlainTextResponse("not found", status_code=404)
        body, content_type = page
        return Response(body, media_type=content_type, headers=_PAGE_HEADERS)


def open_handover(settings: Settings) -> Handover:
    """Return the handover of a data folder; one that ends with the process if none is wanted."""
    path = default_path(settings.data)
    handover = Handover(path)
    if not settings.handover:
        handover.forget()
    elif path is None:
        _log.warning("there is no RAM-backed folder; a restart will forget running visits")
    return handover


def take_over(pipeline: Pipeline, handover: Handover, last_part: int | None) -> bool:
    """Go on where an earlier process on this folder ended, as far as its spool has it.

    Returns whether its handover file, if there is one, could be used.
    """
    try:
        frames = handover.left()
        if frames:
            pipeline.remember(frames, last_part)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with the file, hits are counted)
        reason = error if isinstance(error, HandoverError) else type(error).__name__
        _log.error("the handover file is of no use (%s); running visits are forgotten", reason)
        return False
    return True


def open_places(geo: Geo) -> Places:
    """Open the operator's geo files, or the bundled ones in their place."""
    try:
        return Places(
            geo.country or bundled_country(), geo.provider or bundled_provider(), geo.city
        )
    except ValueError as error:
        raise SettingsError(f"geo: {error}") from None


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")
