"""The schemas of the OpenAPI document, written from the catalogue."""

from typing import Any

import msgspec

from ingest.store.drops import DropReason
from queries.catalogue import METRICS, PROPS_PREFIX
from queries.documentation.catalogue import DATE_RANGES, catalogue
from queries.filters import Operator
from queries.request import Include, Pagination

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_OBJECT: Schema = {"type": "object"}
_FILTERS = [
    ["is", "visit:country", ["FR", "DE"]],
    ["contains", "event:page", ["/blog"], {"case_sensitive": False}],
    ["or", [["is", "event:page", ["/"]], ["not", ["matches", "event:page", ["^/a"]]]]],
]


def schemas() -> dict[str, Schema]:
    """Return the components, by name."""
    return {
        "Metric": {"type": "string", "enum": [metric.name for metric in METRICS]},
        "Dimension": _dimension(),
        "DateRange": _date_range(),
        "Filter": _filter(),
        "Query": _query(),
        "Answer": _answer(),
        "Rows": _rows(),
        "Catalogue": _catalogue(),
        "Realtime": _realtime(),
        "Drops": _drops(),
        "Properties": _properties(),
        "Event": _event(),
        "TimedEvent": _timed_event(),
        "Taken": _taken(),
        "Problem": _problem(),
        **_of_structs(),
    }


def ref(name: str) -> Schema:
    """Return a reference to a schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def _of_structs() -> dict[str, Schema]:
    """Return the schemas of those parts of a query that are checked by their types alone."""
    template = "#/components/schemas/{name}"
    return msgspec.json.schema_components((Include, Pagination), ref_template=template)[1]


def _dimension() -> Schema:
    told = catalogue()
    every = [*told["dimensions"], *told["times"], *told["owners"]]
    named = [each["name"] for each in every if "NAME" not in each["name"]]
    props = {"type": "string", "pattern": f"^{PROPS_PREFIX}.+$"}
    return {"anyOf": [{"type": "string", "enum": named}, props]}


def _date_range() -> Schema:
    dates = {"type": "string", "description": "a date, or a full hour of a day"}
    two = {"type": "array", "items": dates, "minItems": 2, "maxItems": 2}
    words = [each for each in DATE_RANGES if "," not in each]
    return {"anyOf": [{"type": "string", "examples": words}, two]}


def _filter() -> Schema:
    """Return the schema of an operator, a dimension and values; or of several conditions."""
    return {"anyOf": [_comparison(), _junction(), _negation()], "examples": _FILTERS}


def _comparison() -> Schema:
    modifiers = {"type": "object", "properties": {"case_sensitive": {"type": "boolean"}}}
    return {
        "type": "array",
        "prefixItems": [
            {"type": "string", "enum": [operator.value for operator in Operator]},
            ref("Dimension"),
            {**_TEXTS, "minItems": 1},
            {**modifiers, "additionalProperties": False},
        ],
        "minItems": 3,
        "maxItems": 4,
    }


def _junction() -> Schema:
    parts = {"type": "array", "items": ref("Filter"), "minItems": 1}
    return _pair({"type": "string", "enum": ["and", "or"]}, parts)


def _negation() -> Schema:
    return _pair({"type": "string", "const": "not"}, ref("Filter"))


def _pair(first: Schema, second: Schema) -> Schema:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}


def _query() -> Schema:
    order = {
        "type": "array",
        "prefixItems": [_TEXT, {"type": "string", "enum": ["asc", "desc"]}],
        "minItems": 2,
        "maxItems": 2,
    }
    return {
        "type": "object",
        "required": ["site_id", "metrics", "date_range"],
        "additionalProperties": False,
        "properties": {
            "site_id": {
                "anyOf": [_TEXT, {**_TEXTS, "minItems": 1}],
                "description": "a site's domain, several, or * for all that the key opens",
            },
            "metrics": {"type": "array", "items": ref("Metric"), "minItems": 1},
            "date_range": ref("DateRange"),
            "dimensions": {"type": "array", "items": ref("Dimension")},
            "filters": {"type": "array", "items": ref("Filter")},
            "order_by": {"type": "array", "items": order},
            "include": ref("Include"),
            "pagination": ref("Pagination"),
        },
        "examples": [
            {
                "site_id": "example.com",
                "metrics": ["visitors", "pageviews"],
                "date_range": "7d",
                "dimensions": ["visit:source"],
                "order_by": [["visitors", "desc"]],
            }
        ],
    }


def _answer() -> Schema:
    number = {"type": ["number", "null"]}
    numbers = {"type": "array", "items": number}
    names = {"type": "array", "items": {"type": ["string", "null"]}}
    comparison = {
        "type": "object",
        "required": ["metrics", "dimensions", "change"],
        "properties": {"metrics": numbers, "dimensions": names, "change": numbers},
    }
    row = {
        "type": "object",
        "required": ["metrics", "dimensions"],
        "properties": {"metrics": numbers, "dimensions": _TEXTS, "comparison": comparison},
    }
    meta = {
        "type": "object",
        "required": ["date_range", "timezone", "definitions", "withheld", "freshness"],
        "properties": {
            "date_range": _TEXTS,
            "comparison_date_range": _TEXTS,
            "timezone": _TEXT,
            "time_labels": _TEXTS,
            "freshness": {
                "type": "object",
                "properties": {"behind_seconds": {"type": ["integer", "null"]}},
            },
            "definitions": {"type": "object", "additionalProperties": _TEXT},
            "withheld": {"type": ["object", "null"]},
            "total_rows": {"type": "integer"},
        },
        "description": "what to know about the numbers: their definitions, what is withheld",
    }
    return {
        "type": "object",
        "required": ["results", "meta", "query"],
        "properties": {
            "results": {"type": "array", "items": row},
            "meta": meta,
            "query": {**_OBJECT, "description": "the query in full; sent again, it asks the same"},
        },
    }


def _rows() -> Schema:
    value = {"type": ["string", "number", "null"]}
    return {"type": "array", "items": {"type": "object", "additionalProperties": value}}


def _catalogue() -> Schema:
    names = list(catalogue())
    lists: dict[str, Schema] = {name: {"type": "array"} for name in names}
    return {
        "type": "object",
        "required": names,
        "properties": lists | {"kinds": {"type": "object", "additionalProperties": _TEXT}},
    }


def _realtime() -> Schema:
    row = {
        "type": "object",
        "required": ["value", "visitors", "pageviews"],
        "properties": {
            "value": _TEXT,
            "visitors": {"type": "integer"},
            "pageviews": {"type": "integer"},
        },
    }
    lists: dict[str, Schema] = {
        name: {"type": "array", "items": row} for name in ("pages", "sources", "countries")
    }
    current = {
        "type": ["integer", "null"],
        "description": "visitors with a sign of life in the last five minutes; null if no "
        "collector runs in the same process",
    }
    return {
        "type": "object",
        "required": ["current_visitors", *lists, "meta"],
        "properties": {"current_visitors": current, **lists, "meta": _OBJECT},
    }


def _drops() -> Schema:
    row = {
        "type": "object",
        "required": ["reason", "hits"],
        "properties": {
            "reason": {"type": "string", "enum": [reason.value for reason in DropReason]},
            "hits": {"type": "integer"},
        },
        "additionalProperties": _TEXT,
    }
    meta = {
        "type": "object",
        "required": ["date_range", "timezone"],
        "properties": {"date_range": _TEXTS, "timezone": _TEXT},
    }
    return {
        "type": "object",
        "required": ["results", "meta"],
        "properties": {"results": {"type": "array", "items": row}, "meta": meta},
    }


def _properties() -> Schema:
    return {"type": "object", "required": ["properties"], "properties": {"properties": _TEXTS}}


def _event() -> Schema:
    """Return the schema of a hit; the short names are those of Plausible's script."""
    text, number, flag = {"type": ["string", "null"]}, {"type": ["number", "null"]}, ["boolean"]
    told = {
        "n": {**_TEXT, "description": "name: pageview, engagement, or a custom event's"},
        "u": {**_TEXT, "description": "URL of the page"},
        "d": {**_TEXT, "description": "the site's domain; several with commas between"},
        "r": {**text, "description": "referrer"},
        "p": {"type": ["object", "null"], "description": "custom properties"},
        "w": {**number, "description": "viewport width, pixels"},
        "h": {"type": [*flag, "null"], "description": "what follows # belongs to the page"},
        "i": {"type": [*flag, "null"], "description": "false for what a visitor did not do"},
        "e": {**number, "description": "engagement: milliseconds engaged"},
        "sd": {**number, "description": "engagement: deepest scroll, %"},
    }
    return {
        "type": "object",
        "required": ["n", "u", "d"],
        "properties": told,
        "examples": [{"n": "pageview", "u": "https://example.com/pricing", "d": "example.com"}],
    }


def _timed_event() -> Schema:
    event, text = _event(), {"type": ["string", "null"]}
    event["properties"] |= {
        "ip": {**text, "description": "the visitor's address"},
        "user_agent": {**text, "description": "the visitor's User-Agent"},
        "accept_language": {**text, "description": "the visitor's Accept-Language"},
        "time": {
            "type": ["number", "string", "null"],
            "description": "seconds since 1970, or ISO 8601 with an offset; at most 72 hours back",
        },
    }
    return event


def _taken() -> Schema:
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    return {
        "type": "object",
        "required": ["accepted", "dropped"],
        "properties": {"accepted": {"type": "integer"}, "dropped": counts},
    }


def _problem() -> Schema:
    return {
        "type": "object",
        "description": "RFC 9457, with the detail as error beside for clients of Plausible's API",
        "required": ["type", "title", "status", "detail", "error"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "error": _TEXT,
            "field": {**_TEXT, "description": "the field or parameter that is wrong"},
            "possible": {"description": "what would work there"},
        },
    }
