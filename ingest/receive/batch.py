"""The wire format of many events from a server: bytes in, raw hits with their times out."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec
import orjson

from ingest.anonymize.address import pack
from ingest.anonymize.browser import read_browser
from ingest.anonymize.raw_hit import RawHit
from ingest.receive.event import NOT_USUAL, Event, read_fields, read_usual
from ingest.receive.problem import Problem
from ingest.receive.sender import HEADER_LIMIT, Sender

MOST_EVENTS = 10_000
_LONGEST_AGO = 72 * 3600
_CLOCKS_APART = 60
"""Seconds that a sender's clock may be ahead of this one."""


class TimedHit(msgspec.Struct, frozen=True, gc=False):
    """A raw hit and its time, in seconds since 1970 (UTC)."""

    raw: RawHit
    time: int


class _SentEvent(Event, forbid_unknown_fields=True, gc=False):
    """An event as servers send it."""

    ip: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    time: float | int | str | None = None


_decode = msgspec.json.Decoder(_SentEvent).decode


def split_batch(body: bytes) -> list[Any]:
    """Return the events of a JSON array, or of lines of JSON, as the bytes of each line."""
    if body.lstrip()[:1] != b"[":
        events = [line for line in body.split(b"\n") if line.strip()]
    else:
        try:
            events = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
    if len(events) > MOST_EVENTS:
        detail = f"at most {MOST_EVENTS} events are taken"
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return events


def read_timed(event: Any, now: float) -> TimedHit:  # noqa: ANN401
    """Return the hit of an event, or raise a Problem that names the field.

    Its fields are an event's, and `ip`, `user_agent`, `accept_language` (the visitor's, each empty
    if not sent) and `time` (now if not sent).
    """
    if isinstance(event, bytes):
        try:
            usual = _decode(event)
        except NOT_USUAL:
            event = _load(event)
        else:
            sender = _sender(usual.ip or "", usual.user_agent or "", usual.accept_language or "")
            return TimedHit(read_usual(usual, sender), _time(usual.time, now))
    if not isinstance(event, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "not a JSON object")
    sender = _sender(*(_text(event, name) for name in ("ip", "user_agent", "accept_language")))
    return TimedHit(read_fields(event, sender), _time(event.get("time"), now))


def _load(line: bytes) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Problem(HTTPStatus.BAD_REQUEST, "not JSON") from None


def _sender(address: str, user_agent: str, accept_language: str) -> Sender:
    address = address[:HEADER_LIMIT]
    if address and pack(address) is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "ip: an IPv4 or IPv6 address is expected")
    browser = read_browser(user_agent[:HEADER_LIMIT], accept_language[:HEADER_LIMIT])
    return Sender(address, browser, opted_out=False, prefetched=False)


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Problem(HTTPStatus.BAD_REQUEST, f"{name}: a text or null is expected")
    return value


def _time(value: Any, now: float) -> int:  # noqa: ANN401
    if value is None:
        return int(now)
    time = _seconds(value)
    if time is None:
        expected = "seconds since 1970, or ISO 8601 with an offset"
        raise Problem(HTTPStatus.BAD_REQUEST, f"time: {expected}, are expected")
    if not now - _LONGEST_AGO <= time <= now + _CLOCKS_APART:
        allowed = "at most 72 hours back and not in the future"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"time: {allowed}, please")
    return int(min(time, now))


def _seconds(value: Any) -> float | None:  # noqa: ANN401
    if type(value) in (int, float):
        return float(value)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.timestamp() if moment.tzinfo else None
