"""The routes of the query API, as OpenAPI tells them."""

from typing import Any

from queries import drops, parameters, properties, realtime
from queries.documentation.catalogue import DATE_RANGES
from queries.documentation.responses import (
    UNCHANGED,
    Operation,
    json_response,
    parameter,
    problems,
    text_response,
)
from queries.documentation.schemas import ref

_PROBLEMS = {
    400: "not of the form that a query has; `field` names the place",
    401: "no query key, or an unknown one",
    403: "the key does not open that site",
    413: "the document is too long",
    414: "the URL is too long",
    422: "cannot be answered; the detail, and often `possible`, tell what can",
    429: "the key asks too often; `Retry-After` tells when to come back",
    503: "the statistics cannot be read at the moment",
    504: "over the time limit",
}
_SAYS = {
    "site_id": "a site's domain, several with commas between, or * for all that the key opens",
    "metrics": "names of metrics, with commas between",
    "date_range": f"one of {', '.join(DATE_RANGES)}",
    "dimensions": "names of dimensions, with commas between",
    "filters": 'the JSON list of a document, like [["is","visit:country",["FR","DE"]]]',
    "order_by": "metrics or dimensions with a direction, like visitors:desc,event:page:asc",
    "include": "what to tell besides, like total_rows",
    "limit": "rows at most; a CSV without it has all",
    "offset": "rows to leave out at the start",
    "format": "json, rows (a flat array of objects, for Grafana) or csv (for spreadsheets)",
    "key": "the query key, where no header can be sent",
}
_EXAMPLES = {
    "site_id": "example.com",
    "metrics": "visitors,pageviews",
    "date_range": "7d",
    "dimensions": "event:page",
    "filters": '[["is","visit:country",["FR"]]]',
    "order_by": "visitors:desc",
    "include": "total_rows",
    "limit": 10,
    "offset": 0,
    "format": "json",
}
_KINDS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "offset": {"type": "integer", "minimum": 0},
    "format": {"type": "string", "enum": [each.value for each in parameters.Format]},
}
_BEARER: dict[str, list[str]] = {"bearer": []}
_PARAMETER: dict[str, list[str]] = {"parameter": []}


def paths() -> dict[str, dict[str, Operation]]:
    """Return the operations, by path and method."""
    return {
        "/api/v2/query": {"get": _get_query(), "post": _post_query()},
        "/api/v2/catalogue": {"get": _catalogue()},
        "/api/v2/realtime": {"get": _realtime()},
        "/api/v2/drops": {"get": _drops()},
        "/api/v2/properties": {"get": _properties()},
        "/openapi.json": {"get": _openapi()},
        "/docs": {"get": _docs()},
    }


def _post_query() -> Operation:
    return {
        "operationId": "query",
        "tags": ["Statistics"],
        "summary": "Ask for statistics",
        "description": "The grammar is that of Plausible's Stats API v2. At most two attributes "
        "meet in a query, those of filters included.",
        "security": [_BEARER],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref("Query")}},
        },
        "responses": {
            "200": json_response("the rows, what to know about them, and the query", ref("Answer")),
            **_refusals(414),
        },
    }


def _get_query() -> Operation:
    written = json_response(
        "the rows: whole, flat, or as CSV", {"anyOf": [ref("Answer"), ref("Rows")]}
    )
    written["content"]["text/csv"] = {"schema": {"type": "string"}}
    return {
        "operationId": "queryByUrl",
        "tags": ["Statistics"],
        "summary": "Ask for statistics by URL",
        "description": "The same query as parameters: for Grafana, spreadsheets, a browser.",
        "security": [_BEARER, _PARAMETER],
        "parameters": _parameters(parameters.REQUIRED, parameters.OPTIONAL),
        "responses": {
            "200": written,
            **UNCHANGED,
            **_refusals(413),
        },
    }


def _drops() -> Operation:
    return {
        "operationId": "drops",
        "tags": ["Statistics"],
        "summary": "Ask how many hits were not counted, by reason",
        "description": "One time dimension may be given.",
        "security": [_BEARER, _PARAMETER],
        "parameters": _parameters(drops.REQUIRED, drops.OPTIONAL, dimensions="time:day"),
        "responses": {
            "200": json_response("a row a reason, and a time if asked for", ref("Drops")),
            **UNCHANGED,
            **_refusals(413),
        },
    }


def _realtime() -> Operation:
    return {
        "operationId": "realtime",
        "tags": ["Statistics"],
        "summary": "Ask what happens now",
        "description": "Current visitors, and the pages, sources and countries of this hour.",
        "security": [_BEARER, _PARAMETER],
        "parameters": _parameters(realtime.REQUIRED, realtime.OPTIONAL),
        "responses": {
            "200": json_response("what happens now", ref("Realtime")),
            **UNCHANGED,
            **_refusals(413),
        },
    }


def _properties() -> Operation:
    return {
        "operationId": "properties",
        "tags": ["Statistics"],
        "summary": "List the custom properties that events had",
        "description": "The names to put into event:props:NAME, that of the most events first.",
        "security": [_BEARER, _PARAMETER],
        "parameters": _parameters(properties.REQUIRED, properties.OPTIONAL),
        "responses": {
            "200": json_response("the names", ref("Properties")),
            **UNCHANGED,
            **_refusals(413),
        },
    }


def _catalogue() -> Operation:
    return {
        "operationId": "catalogue",
        "tags": ["Statistics"],
        "summary": "List what can be asked for",
        "description": "Metrics and what they mean for each kind of dimension, dimensions and "
        "which of them meet, operators, date ranges.",
        "security": [],
        "responses": {"200": json_response("the catalogue", ref("Catalogue")), **UNCHANGED},
    }


def _openapi() -> Operation:
    return {
        "operationId": "openapi",
        "tags": ["This document"],
        "summary": "Get this document",
        "security": [],
        "responses": {"200": json_response("OpenAPI 3.1", {"type": "object"}), **UNCHANGED},
    }


def _docs() -> Operation:
    return {
        "operationId": "docs",
        "tags": ["This document"],
        "summary": "Read this document as a page",
        "security": [],
        "responses": {"200": text_response("a page", "text/html"), **UNCHANGED},
    }


def _refusals(*but: int) -> dict[str, Any]:
    """Return the problems of a route that takes a key, but for those."""
    return problems({status: says for status, says in _PROBLEMS.items() if status not in but})


def _parameters(
    required: tuple[str, ...], optional: tuple[str, ...], **examples: object
) -> list[dict[str, Any]]:
    """Return the parameters; `key` is told as security."""
    shown = _EXAMPLES | examples
    return [
        parameter(
            name,
            _SAYS[name],
            shown[name],
            _KINDS.get(name, {"type": "string"}),
            required=name in required,
        )
        for name in (*required, *optional)
        if name != "key"
    ]
