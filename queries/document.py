"""What is answered as a whole: a body, made and compressed once for all who ask for it."""

import gzip
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

_SMALL = 500
"""Bytes that are not worth compressing."""
LEVEL = 5
"""Of compression."""


class Document(NamedTuple):
    """A body and what tells it from others."""

    body: bytes
    zipped: bytes
    """The same, compressed; empty if it is small."""
    etag: str


def sealed(body: bytes) -> Document:
    """Return the document of a body. Its tag is weak, since it may be sent compressed or not."""
    zipped = gzip.compress(body, LEVEL, mtime=0) if len(body) >= _SMALL else b""
    return Document(body, zipped, f'W/"{blake2b(body, digest_size=16).hexdigest()}"')


def respond(
    request: Request,
    document: Document,
    headers: Mapping[str, str],
    content_type: str = "application/json",
) -> Response:
    """Return the document, or that the caller has it, by the tags of that header."""
    tagged = {**headers, "etag": document.etag}
    if document.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=tagged)
    return respond_untagged(request, document, tagged, content_type)


def respond_untagged(
    request: Request,
    document: Document,
    headers: Mapping[str, str],
    content_type: str = "application/json",
) -> Response:
    """Return the document, compressed if the caller takes that."""
    varied = [*filter(None, [headers.get("vary")]), "accept-encoding"]
    own = {**headers, "vary": ", ".join(varied)}
    if document.zipped and takes_gzip(request):
        own["content-encoding"] = "gzip"
        return Response(document.zipped, media_type=content_type, headers=own)
    return Response(document.body, media_type=content_type, headers=own)


def takes_gzip(request: Request) -> bool:
    """Whether the caller takes compressed answers."""
    return "gzip" in request.headers.get("accept-encoding", "")
