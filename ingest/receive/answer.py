"""What the event routes answer, whichever way a request came in."""

import logging
import traceback
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from ingest.receive.problem import Problem
from ingest.store.drops import DropReason

_log = logging.getLogger("footfall")

Headers = list[tuple[bytes, bytes]]
Outcome = DropReason | Exception | None
"""What became of a hit: counted (None), dropped, or, by an exception, not taken at all."""

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
_CHALLENGE = (b"www-authenticate", b"Bearer")
_GIF = (b"content-type", b"image/gif")


class Answer(NamedTuple):
    """An answer as it goes out, but for what the connection adds."""

    status: HTTPStatus
    headers: Headers
    body: bytes


def answer_event(outcome: Outcome) -> Answer:
    """Return the answer to an event."""
    if isinstance(outcome, Exception):
        return refuse(outcome)
    return _answer(HTTPStatus.ACCEPTED, [_TEXT, *_told(outcome)], b"ok")


def answer_pixel(outcome: Outcome) -> Answer:
    """Return the answer to a pixel."""
    if isinstance(outcome, Exception):
        return refuse(outcome)
    return _answer(HTTPStatus.OK, [_GIF, _NO_STORE, *_told(outcome)], _PIXEL)


def answer_preflight() -> Answer:
    """Return the answer to a browser that asks whether it may send."""
    return _answer(HTTPStatus.NO_CONTENT, _PREFLIGHT, b"")


def refuse(error: Exception) -> Answer:
    """Return the answer for a Problem; any other error is a bug, logged without its message."""
    if not isinstance(error, Problem):
        _log.error("a hit failed: %s", _place(error))
        error = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the hit was not counted")
    headers = [_CORS, _JSON_PROBLEM]
    if error.retry_after:
        headers.append((b"retry-after", b"%d" % error.retry_after))
    if error.status is HTTPStatus.UNAUTHORIZED:
        headers.append(_CHALLENGE)
    return _answer(error.status, headers, error.body())


def encode(answer: Answer) -> bytes:
    """Return an answer as HTTP/1.1 has it."""
    lines = [b"HTTP/1.1 %d %s" % (answer.status.value, answer.status.phrase.encode())]
    lines += [b"%s: %s" % header for header in answer.headers]
    return b"\r\n".join([*lines, b"", answer.body])


def _answer(status: HTTPStatus, headers: Headers, body: bytes) -> Answer:
    return Answer(status, [*headers, (b"content-length", b"%d" % len(body))], body)


def _told(dropped: DropReason | None) -> Headers:
    if dropped is None:
        return [_CORS]
    return [_CORS, _EXPOSED, (b"x-footfall-dropped", dropped.value.encode())]


def _place(error: Exception) -> str:
    """Return what an error is and where it was raised, as its message may hold what was sent."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
