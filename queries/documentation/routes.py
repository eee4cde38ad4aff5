"""The routes that tell what can be asked: the catalogue, the OpenAPI document and its page."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingest.store.dimensions import Pairs
from queries.document import respond, sealed
from queries.documentation.catalogue import catalogue
from queries.documentation.openapi import openapi
from queries.documentation.page import SECURITY_POLICY, page

_HEADERS = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}


class Documentation:
    """Documents that are the same for everyone, written once."""

    def __init__(self, pairs: Pairs) -> None:
        """`pairs` are the dimensions that may meet."""
        document, told = openapi(), catalogue(pairs)
        self._catalogue = sealed(orjson.dumps(told))
        self._openapi = sealed(orjson.dumps(document))
        self._page = sealed(page(document, told))

    async def catalogue(self, request: Request) -> Response:
        """Answer with the catalogue."""
        return respond(request, self._catalogue, _HEADERS)

    async def openapi(self, request: Request) -> Response:
        """Answer with the OpenAPI document."""
        return respond(request, self._openapi, _HEADERS)

    async def page(self, request: Request) -> Response:
        """Answer with the page."""
        response = respond(request, self._page, _HEADERS, "text/html")
        response.headers["content-security-policy"] = SECURITY_POLICY
        response.headers["referrer-policy"] = "no-referrer"
        return response
