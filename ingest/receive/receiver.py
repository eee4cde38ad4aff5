"""The event routes as plain ASGI: bytes in, an answer once the hit's counters are synced."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from ingest.anonymize.raw_hit import RawHit
from ingest.receive.answer import Answer, answer_event, answer_pixel, answer_preflight, refuse
from ingest.receive.event import read_event, read_pixel
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.sender import Sender, read_sender
from ingest.store.drops import DropReason

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Collect = Callable[[RawHit], Awaitable[DropReason | None]]

EVENT_PATH = "/api/event"
PIXEL_PATH = "/pixel.gif"
PATHS = frozenset({EVENT_PATH, PIXEL_PATH})

BODY_LIMIT = 16 * 1024
_QUERY_LIMIT = 16 * 1024


class Receiver:
    """An ASGI application for the event routes alone."""

    def __init__(self, proxies: Proxies, collect: Collect) -> None:
        """`collect` takes a raw hit and returns, once it is safe, why it was dropped if it was."""
        self._proxies = proxies
        self._collect = collect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except Exception as error:  # noqa: BLE001 (a bug must not print what a visitor sent)
            answer = refuse(error)
        start = {"status": answer.status.value, "headers": answer.headers}
        await send({"type": "http.response.start"} | start)
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, is_event = scope["method"], scope["path"] == EVENT_PATH
        if method == "POST" and is_event:
            body = await _read_body(receive)
            return answer_event(await self._collect(read_event(body, self._sender(scope))))
        if method == "GET" and not is_event:
            raw = read_pixel(_query(scope), self._sender(scope))
            return answer_pixel(await self._collect(raw))
        if method == "OPTIONS":
            return answer_preflight()
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
        if len(body) > BODY_LIMIT:
            raise too_large()
        if not message.get("more_body"):
            return bytes(body)


def too_large() -> Problem:
    """Return what is said of a body over the limit."""
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is over 16 KiB")


def _query(scope: Scope) -> bytes:
    query = bytes(scope["query_string"])
    if len(query) > _QUERY_LIMIT:
        raise Problem(HTTPStatus.REQUEST_URI_TOO_LONG, "the query string is over 16 KiB")
    return query
