"""The routes of the query API."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVarTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.settings import PROFILES, Key, Profile, Settings, Site
from ingest.store.client import Store
from queries.cache import SECONDS, Cache, key_of
from queries.collecting import Collecting
from queries.document import Document, respond, respond_untagged, sealed, takes_gzip
from queries.documentation.routes import Documentation
from queries.drops import answer_drops, understand_drops
from queries.flat import render_rows
from queries.keys import Keys, open_sites
from queries.parameters import LENGTH_LIMIT, Asked, Format, in_parameters, read_query
from queries.pipeline import answer, understand
from queries.plan import Plan
from queries.problem import ProblemError
from queries.properties import answer_properties, understand_properties
from queries.realtime import answer_realtime, understand_realtime
from queries.render import render
from queries.run import ask
from queries.spreadsheet import Downloads

BODY_LIMIT = 64 * 1024
"""Bytes of a query."""
_KEPT = {"cache-control": f"private, max-age={SECONDS}", "vary": "authorization"}

_Given = TypeVarTuple("_Given")
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(
    settings: Settings,
    store: Store,
    clock: Callable[[], float],
    *,
    collecting: Collecting | None = None,
    keys: Keys | None = None,
    cache: Cache | None = None,
) -> list[Route]:
    """Return the routes; `clock` gives seconds since 1970 (UTC), `keys` the keys in force.

    `collecting` is the collector, if it is in the same process.
    """
    api = _Api(
        settings.sites,
        PROFILES[settings.profile],
        store,
        clock,
        collecting=collecting,
        keys=keys or Keys(settings.keys, settings.query_rate, sites=settings.sites),
        cache=cache or Cache(),
    )
    documentation = Documentation(PROFILES[settings.profile].pairs)
    return [
        _route("/api/v2/query", api.query, "GET", "POST"),
        _route("/api/v2/realtime", api.realtime, "GET"),
        _route("/api/v2/drops", api.drops, "GET"),
        _route("/api/v2/properties", api.properties, "GET"),
        _route("/api/v2/catalogue", documentation.catalogue, "GET"),
        _route("/openapi.json", documentation.openapi, "GET"),
        _route("/docs", documentation.page, "GET"),
    ]


def _route(path: str, endpoint: Endpoint, *methods: str) -> Route:
    return Route(path, _telling_problems(endpoint), methods=methods)


def _telling_problems(endpoint: Endpoint) -> Endpoint:
    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ProblemError as problem:
            return problem.response()
        except ClientDisconnect:
            return Response(status_code=400)

    return told


class _Api:
    def __init__(
        self,
        sites: tuple[Site, ...],
        profile: Profile,
        store: Store,
        clock: Callable[[], float],
        *,
        collecting: Collecting | None,
        keys: Keys,
        cache: Cache,
    ) -> None:
        self._sites = sites
        self._profile = profile
        self._store = store
        self._clock = clock
        self._collecting = collecting
        self._keys = keys
        self._cache = cache
        self._downloads = Downloads(store)

    async def query(self, request: Request) -> Response:
        """Answer a query, as a document or as parameters."""
        if request.method == "POST":
            return await self._post(request)
        return await self._get(request)

    async def realtime(self, request: Request) -> Response:
        """Answer what happens now."""
        key = self._admit(request)
        open_own = partial(open_sites, self._sites, key)
        pairs = request.query_params.multi_items()
        plans = await understand_realtime(pairs, open_own, self._clock(), self._store)
        embedded = self._collecting if self._store.is_embedded else None
        current = embedded.current() if embedded else None
        document = await self._find(key_of("realtime", plans), answer_realtime, plans, current)
        return respond(request, document, _KEPT)

    async def drops(self, request: Request) -> Response:
        """Answer how many hits were not counted."""
        key = self._admit(request)
        open_own = partial(open_sites, self._sites, key)
        asked = understand_drops(request.query_params.multi_items(), open_own, self._clock())
        document = await self._find(key_of("drops", asked), answer_drops, asked)
        return respond(request, document, _KEPT)

    async def properties(self, request: Request) -> Response:
        """Answer which custom properties events had."""
        key = self._admit(request)
        open_own = partial(open_sites, self._sites, key)
        sites = understand_properties(request.query_params.multi_items(), open_own)
        document = await self._find(key_of("properties", sites), answer_properties, sites)
        return respond(request, document, _KEPT)

    async def _post(self, request: Request) -> Response:
        key = self._keys.admit(request.headers.get("authorization", ""))
        plan = await self._understand(await _body(request), key)
        document = await self._whole(plan)
        return respond_untagged(request, document, _KEPT)

    async def _get(self, request: Request) -> Response:
        key = self._admit(request)
        asked = read_query(request.query_params.multi_items())
        try:
            plan = await self._understand(asked.body, key)
        except ProblemError as problem:
            raise in_parameters(problem) from None
        if asked.format is Format.CSV:
            return await self._downloads.open(plan, asked, takes_gzip(request))
        return respond(request, await self._document(plan, asked), _KEPT)

    def _admit(self, request: Request) -> Key:
        """Return the key of a request by URL, which may hold it where no header can be sent."""
        if len(request.url.query) > LENGTH_LIMIT:
            raise ProblemError(414, f"a URL has at most {LENGTH_LIMIT} bytes; send a query by POST")
        secret = request.query_params.get("key", "")
        return self._keys.admit(request.headers.get("authorization") or f"Bearer {secret}")

    async def _understand(self, body: bytes, key: Key) -> Plan:
        own = partial(open_sites, self._sites, key)
        return await understand(body, own, self._clock(), self._store, self._profile)

    async def _document(self, plan: Plan, asked: Asked) -> Document:
        if asked.format is Format.JSON:
            return await self._whole(plan)
        key = key_of(Format.ROWS, asked.columns, plan.query)
        return await self._find(key, _rows, plan, asked.columns)

    async def _whole(self, plan: Plan) -> Document:
        """Return an answer with all that is known of it; equal queries name the same days."""
        behind = self._collecting.behind() if self._collecting else None
        return await self._find(key_of(Format.JSON, plan.query), _whole, plan, behind)

    async def _find(
        self,
        key: bytes,
        work: Callable[[Store, *_Given], bytes],
        *given: *_Given,
    ) -> Document:
        """Return the document of `key`, made where the store is unless it is kept."""

        async def make() -> Document:
            return await ask(self._store, _made, work, *given)

        return await self._cache.find(key, make)


def _made(
    store: Store,
    work: Callable[[Store, *_Given], bytes],
    *given: *_Given,
) -> Document:
    return sealed(work(store, *given))


def _whole(store: Store, plan: Plan, behind: int | None) -> bytes:
    return render(answer(store, plan), behind)


def _rows(store: Store, plan: Plan, columns: Sequence[str]) -> bytes:
    return render_rows(answer(store, plan), columns)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise ProblemError(413, f"a query has at most {BODY_LIMIT} bytes; list fewer values")
    return bytes(body)
