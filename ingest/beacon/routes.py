"""The routes of what a website takes from here: script, types, word to visitors; and of a sample."""

import gzip
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ingest.beacon import script
from ingest.beacon.opt_out import opt_out_page, policy, switch_source
from ingest.beacon.sample_pages import sample_page
from ingest.settings import Settings

_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
    "vary": "accept-encoding",
}

_SAMPLE_HEADERS = {
    "content-security-policy": f"default-src 'none'; script-src 'self' {switch_source()}; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def beacon_routes(settings: Settings) -> list[Route]:
    """Return the routes."""

    async def tell(request: Request) -> Response:
        page = opt_out_page(settings, request.url.hostname or "")
        headers = {"content-security-policy": policy(), "x-content-type-options": "nosniff"}
        return Response(page, media_type="text/html", headers=headers)

    async def sample(request: Request) -> Response:
        page = sample_page(request.path_params["path"], settings.sites[0].domain)
        if page is None:
            return PlainTextResponse("not found", status_code=404)
        body, content_type = page
        return Response(body, media_type=content_type, headers=_SAMPLE_HEADERS)

    return [
        Route("/js/footfall.js", _sender(script.core(), "text/javascript")),
        Route("/js/footfall.auto.js", _sender(script.auto(), "text/javascript")),
        Route("/js/footfall.d.ts", _sender(script.types(), "text/plain")),
        Route("/opt-out", tell),
        Route("/sample/{path:path}", sample),
    ]


def _sender(body: bytes, content_type: str) -> Callable[[Request], Awaitable[Response]]:
    zipped = gzip.compress(body, mtime=0)

    async def send(request: Request) -> Response:
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(body, media_type=content_type, headers=_HEADERS)
        headers = _HEADERS | {"content-encoding": "gzip"}
        return Response(zipped, media_type=content_type, headers=headers)

    return send
