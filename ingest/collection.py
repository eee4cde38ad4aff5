"""The collector with all that it works on: a claimed folder, its spool, and the way to ClickHouse."""

import logging
import socket
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.beacon.routes import beacon_routes
from ingest.collector import Collector
from ingest.metrics import CONTENT_TYPE, Metrics
from ingest.pipeline import Pipeline
from ingest.receive.batch_receiver import PATH as BATCH_PATH
from ingest.receive.batch_receiver import BatchReceiver
from ingest.receive.protocol import bind
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import Receiver
from ingest.reporter import Reporter
from ingest.settings import Geo, Settings, SettingsError
from ingest.shipper import Shipper
from ingest.spool.opening import Claim, open_spool
from ingest.store.client import Store
from ingest.visit.handover import Handover, HandoverError, default_path
from ingest.visit.keys import Keyring
from queries.collecting import Collecting
from queries.keys import Keys

_log = logging.getLogger("footfall")


class Collection:
    """Everything between a hit and ClickHouse, opened, wired, started and stopped."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        prepare: Callable[[], None],
        keys: Keys,
        clock: Callable[[], float],
    ) -> None:
        """Open everything; what cannot be opened is an error that says what to do.

        `prepare` makes a database ready that can be reached, or raises SchemaError.
        """
        self._settings = settings
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
        self._shipper = Shipper(self._spool, store, prepare)
        self._collector = Collector(pipeline, self._spool, handover, clock, self._shipper.pressure)
        self._reporter: Reporter | None = None
        if not store.is_embedded:
            name = f"{socket.gethostname()} {settings.listen}"
            self._reporter = Reporter(store, name, self._current)
        damaged = {"spool": int(was_damaged), "handover": int(not is_taken_over)}
        self._metrics = Metrics(self._collector, self._spool, self._shipper, damaged)
        proxies = Proxies(settings.trusted_proxies)
        self.receiver = Receiver(proxies, self._collector.collect)
        """Answers the event routes."""
        self.protocol = bind(proxies, self._collector.take)
        """For uvicorn: answers the event routes itself, and leaves the rest to the application."""
        self._batches = BatchReceiver(lambda: keys.in_force, self._collector.collect_all, clock)
        self.told = Collecting(self._shipper.behind, self._collector.current)
        """What statistics want to know of it."""

    def routes(self) -> list[Route]:
        """Return the routes that are in no hurry."""
        return [
            *beacon_routes(self._settings),
            Route("/metrics", self._tell_metrics),
            Route(BATCH_PATH, self._batches.__call__, methods=["POST"]),
        ]

    async def start(self) -> None:
        """Begin to take hits, and to ship."""
        await self._collector.start()
        await self._shipper.start()
        if self._reporter:
            await self._reporter.start()

    async def stop(self) -> None:
        """Hand over, ship what can be shipped in a few seconds, and close everything."""
        await self._collector.stop()
        if self._reporter:
            await self._reporter.stop()
        await self._shipper.stop()
        self._places.close()
        self._spool.close()

    def prepare(self) -> None:
        """Make the database ready. Raises StoreError while it is away; shipping tries again."""
        self._shipper.prepare()

    def leave(self) -> None:
        """Leave the folder to others."""
        self._claim.close()

    def _current(self) -> dict[str, int]:
        """Return the visitors of every site, those of none too."""
        current = self._collector.current()
        return {site.domain: current[site.domain] for site in self._settings.sites}

    async def _tell_metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE})


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
