"""The routes of the query API."""

from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.settings import Settings, site_name
from ingest.store.client import Store
from queries.keys import opened_by
from queries.pipeline import answer
from queries.problem import ProblemError
from queries.properties import names_of_properties
from queries.request import OpenSites

BODY_LIMIT = 64 * 1024
"""Bytes of a query."""


def routes(
    settings: Settings,
    store: Store,
    clock: Callable[[], float],
    behind: Callable[[], int | None] = lambda: None,
) -> list[Route]:
    """Return the routes; `clock` gives seconds since 1970 (UTC).

    `behind` tells how many seconds the store is behind the collector, None if it is not known.
    """

    def _opened(request: Request) -> OpenSites:
        return opened_by(request.headers.get("authorization", ""), settings.keys, settings.sites)

    async def properties(request: Request) -> Response:
        try:
            sites = _opened(request)([site_name(request.query_params.get("site_id", ""))])
            document = await names_of_properties(store, sites)
        except ProblemError as problem:
            return problem.response()
        return Response(document, media_type="application/json")

    async def query(request: Request) -> Response:
        try:
            sites = _opened(request)
            body = await _body(request)
            document = await answer(body, sites, clock(), store, behind())
        except ProblemError as problem:
            return problem.response()
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(document, media_type="application/json")

    return [
        Route("/api/v2/query", query, methods=["POST"]),
        Route("/api/v2/properties", properties, methods=["GET"]),
    ]


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise ProblemError(413, f"a query has at most {BODY_LIMIT} bytes; list fewer values")
    return bytes(body)
