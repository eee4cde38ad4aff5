"""The routes of what a website takes from here: the script, its types, the word to visitors."""

import gzip
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.beacon import script
from ingest.beacon.opt_out import opt_out_page, policy
from ingest.settings import Settings

_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
    "vary": "accept-encoding",
}


def beacon_routes(settings: Settings) -> list[Route]:
    """Return the routes."""

    async def tell(request: Request) -> Response:
        page = opt_out_page(settings, request.url.hostname or "")
        headers = {"content-security-policy": policy(), "x-content-type-options": "nosniff"}
        return Response(page, media_type="text/html", headers=headers)

    return [
        Route("/js/footfall.js", _sender(script.core(), "text/javascript")),
        Route("/js/footfall.auto.js", _sender(script.auto(), "text/javascript")),
        Route("/js/footfall.d.ts", _sender(script.types(), "text/plain")),
        Route("/opt-out", tell),
    ]


def _sender(body: bytes, content_type: str) -> Callable[[Request], Awaitable[Response]]:
    zipped = gzip.compress(body, mtime=0)

    async def send(request: Request) -> Response:
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(body, media_type=content_type, headers=_HEADERS)
        headers = _HEADERS | {"content-encoding": "gzip"}
        return Response(zipped, media_type=content_type, headers=headers)

    return send
