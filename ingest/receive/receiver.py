"""The event routes as plain ASGI: bytes in, an answer once the hit's counters are synced."""

import logging
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ingest.anonymize.raw_hit import RawHit
from ingest.receive.event import read_event, read_pixel
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.sender import Sender, read_sender
from ingest.store.drops import DropReason

_log = logging.getLogger("footfall")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Collect = Callable[[RawHit], Awaitable[DropReason | None]]

EVENT_PATH = "/api/event"
PIXEL_PATH = "/pixel.gif"
PATHS = frozenset({EVENT_PATH, PIXEL_PATH})

_BODY_LIMIT = 16 * 1024
_QUERY_LIMIT = 16 * 1024
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_CORS = (b"access-control-allow-origin", b"*")
_EXPOSED = (b"access-control-expose-headers", b"x-footfall-dropped")
_NO_STORE = (b"cache-control", b"no-store")
_PREFLIGHT: Headers = [
    _CORS,
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_JSON_PROBLEM = (b"content-type", b"application/problem+json")
_GIF = (b"content-type", b"image/gif")


class Receiver:
    """An ASGI application for the event routes alone."""

    def __init__(self, proxies: Proxies, collect: Collect) -> None:
        """`collect` takes a raw hit and returns, once it is safe, why it was dropped if it was."""
        self._proxies = proxies
        self._collect = collect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except Problem as problem:
            await _refuse(send, problem)
        except Exception as error:  # noqa: BLE001 (a bug must not print what a visitor sent)
            _log.error("a hit failed: %s", _place(error))
            bug = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the hit was not counted")
            await _refuse(send, bug)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, is_event = scope["method"], scope["path"] == EVENT_PATH
        if method == "POST" and is_event:
            body = await _read_body(receive)
            dropped = await self._collect(read_event(body, self._sender(scope)))
            await _respond(send, HTTPStatus.ACCEPTED, [_TEXT, *_told(dropped)], b"ok")
        elif method == "GET" and not is_event:
            raw = read_pixel(_query(scope), self._sender(scope))
            dropped = await self._collect(raw)
            await _respond(send, HTTPStatus.OK, [_GIF, _NO_STORE, *_told(dropped)], _PIXEL)
        elif method == "OPTIONS":
            await _respond(send, HTTPStatus.NO_CONTENT, _PREFLIGHT, b"")
        else:
            takes = "POST" if is_event else "GET"
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"this route takes {takes}")

    def _sender(self, scope: Scope) -> Sender:
        client = scope.get("client")
        return read_sender(scope["headers"], client[0] if client else "", self._proxies)


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(HTTPStatus.BAD_REQUEST, "the body ended early")
        body += message.get("body", b"")
        if len(body) > _BODY_LIMIT:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is over 16 KiB")
        if not message.get("more_body"):
            return bytes(body)


def _place(error: Exception) -> str:
    """Return what an error is and where it was raised, without its message."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _query(scope: Scope) -> bytes:
    query = bytes(scope["query_string"])
    if len(query) > _QUERY_LIMIT:
        raise Problem(HTTPStatus.REQUEST_URI_TOO_LONG, "the query string is over 16 KiB")
    return query


def _told(dropped: DropReason | None) -> Headers:
    if dropped is None:
        return [_CORS]
    return [_CORS, _EXPOSED, (b"x-footfall-dropped", dropped.value.encode())]


async def _refuse(send: Send, problem: Problem) -> None:
    headers = [_CORS, _JSON_PROBLEM]
    if problem.retry_after:
        headers.append((b"retry-after", str(problem.retry_after).encode()))
    await _respond(send, problem.status, headers, problem.body())


async def _respond(send: Send, status: HTTPStatus, headers: Headers, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send(
        {"type": "http.response.start", "status": status.value, "headers": [*headers, length]}
    )
    await send({"type": "http.response.body", "body": body})
