"""The routes of the collector, as OpenAPI tells them."""

from ingest.store.drops import DropReason
from queries.documentation.responses import (
    Operation,
    json_response,
    parameter,
    problems,
    text_response,
)
from queries.documentation.schemas import ref

_TAGS = ["Collector"]
_WATCH = ["Operation"]
_DROPPED = {
    "x-footfall-dropped": {
        "description": "why the hit is not counted",
        "schema": {"type": "string", "enum": [reason.value for reason in DropReason]},
    }
}
_MALFORMED = {400: "not of the form that a hit has; the detail names the field"}
_UNAVAILABLE = {503: "the hit cannot be kept at the moment; `Retry-After` tells when to come back"}
_LONG_BODY = {413: "the body is over 16 KiB"}
_LONG_QUERY = {414: "the query string is over 16 KiB"}
_MALFORMED_BATCH = {
    400: "an event is not of the form that a hit has; `index` tells which",
    401: "no key, or an unknown one",
    403: "an event is of a site that the key does not open; `index` tells which",
    413: "over 16 MiB, or over 10,000 events",
    422: "an event's time is over 72 hours ago, or to come; `index` tells which",
}
_TEXT = {"type": "string"}
_AUTO = "The script with events that send themselves"
_OPT_OUT = "What is counted, in plain words, and how not to be counted"


def paths() -> dict[str, dict[str, Operation]]:
    """Return the operations, by path and method."""
    return {
        "/api/event": {"post": _event()},
        "/api/events": {"post": _events()},
        "/pixel.gif": {"get": _pixel()},
        "/js/footfall.js": {"get": _file("script", "The website script", "text/javascript")},
        "/js/footfall.auto.js": {"get": _file("autoScript", _AUTO, "text/javascript")},
        "/js/footfall.d.ts": {"get": _file("types", "Its types, for TypeScript", "text/plain")},
        "/opt-out": {"get": _file("optOut", _OPT_OUT, "text/html")},
        "/health/live": {"get": _text("live", "Whether the process lives", "text/plain")},
        "/health/ready": {"get": _text("ready", "Whether it takes hits", "text/plain")},
        "/metrics": {"get": _text("metrics", "How it does, for Prometheus", "text/plain")},
    }


def _event() -> Operation:
    as_text = {**_TEXT, "description": "the same JSON; a browser sends it without a preflight"}
    return {
        "operationId": "event",
        "tags": _TAGS,
        "summary": "Send a hit",
        "description": "Acknowledged once its counters are on disk. What identifies the sender "
        "is read from the request's headers and forgotten.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": ref("Event")},
                "text/plain": {"schema": as_text},
            },
        },
        "responses": {
            "202": {
                **text_response(
                    "taken; a header tells if it is not counted, and why", "text/plain"
                ),
                "headers": _DROPPED,
            },
            **problems(_MALFORMED | _LONG_BODY | _UNAVAILABLE),
        },
    }


def _events() -> Operation:
    as_lines = {**_TEXT, "description": "a line of JSON for each event"}
    return {
        "operationId": "events",
        "tags": _TAGS,
        "summary": "Send many hits from a server",
        "description": "All are taken or none. Each may carry the visitor's `ip`, `user_agent` and "
        "`accept_language`, and its `time`.",
        "security": [{"bearer": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": ref("TimedEvent")}},
                "text/plain": {"schema": as_lines},
            },
        },
        "responses": {
            "202": json_response("how many are counted, and how many dropped", ref("Taken")),
            **problems(_MALFORMED_BATCH | _UNAVAILABLE),
        },
    }


def _pixel() -> Operation:
    return {
        "operationId": "pixel",
        "tags": _TAGS,
        "summary": "Send a pageview from a page without JavaScript",
        "security": [],
        "parameters": [
            parameter("d", "the site's domain", "example.com", _TEXT, required=True),
            parameter("u", "URL of the page", "https://example.com/", _TEXT, required=True),
            parameter("r", "referrer", "https://duckduckgo.com/", _TEXT, required=False),
        ],
        "responses": {
            "200": {
                "description": "an image of one pixel",
                "headers": _DROPPED,
                "content": {"image/gif": {"schema": {"type": "string", "format": "binary"}}},
            },
            **problems(_MALFORMED | _LONG_QUERY | _UNAVAILABLE),
        },
    }


def _file(name: str, summary: str, content_type: str) -> Operation:
    return _text(name, summary, content_type) | {"tags": _TAGS}


def _text(name: str, summary: str, content_type: str) -> Operation:
    return {
        "operationId": name,
        "tags": _WATCH,
        "summary": summary,
        "security": [],
        "responses": {"200": text_response("as text", content_type)},
    }
