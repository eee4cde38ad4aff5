"""The routes of the query API."""

from collections.abc import Callable
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.settings import Settings
from ingest.store.client import Store
from queries.keys import find_key, open_sites
from queries.pipeline import answer
from queries.problem import ProblemError

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

    async def query(request: Request) -> Response:
        try:
            key = find_key(settings.keys, request.headers.get("authorization", ""))
            body = await _body(request)
            sites = partial(open_sites, settings.sites, key)
            document = await answer(body, sites, clock(), store, behind())
        except ProblemError as problem:
            return problem.response()
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(document, media_type="application/json")

    return [Route("/api/v2/query", query, methods=["POST"])]


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise ProblemError(413, f"a query has at most {BODY_LIMIT} bytes; list fewer values")
    return bytes(body)
