"""The wire format of an event, and of the pixel: bytes in, RawHit out."""

from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec
import orjson
from msgspec import Meta

from ingest.anonymize.page import read_page
from ingest.anonymize.raw_hit import RawHit
from ingest.receive.problem import Problem
from ingest.receive.sender import Sender
from ingest.settings import site_name

_URL_LIMIT = 4_096
_NAME_LIMIT = 120
_REFERRER_LIMIT = 4_096
_DOMAINS_LIMIT = 20
_PROPS_LIMIT = 30
_PROP_NAME_LIMIT = 60
_PROP_LIMIT = 500
_VIEWPORT_LIMIT = 100_000
_ENGAGED_LIMIT = 86_400_000
"""A day, in milliseconds."""
_NUMBERS = (int, float)
"""The types of numbers in JSON; a boolean is none."""
_LONG_NAMES = {
    "n": "name",
    "u": "url",
    "d": "domain",
    "r": "referrer",
    "p": "props",
    "h": "hash",
    "i": "interactive",
    "w": "width",
    "e": "engagement",
    "sd": "scroll_depth",
}
_OTHER_LONG_NAMES = {"p": "meta", "w": "screen_width", "h": "hashMode", "sd": "scrollDepth"}
_SHORT_NAMES = {long: short for short, long in (*_LONG_NAMES.items(), *_OTHER_LONG_NAMES.items())}


class Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An event as the script sends it: what is decoded into it needs few checks more."""

    n: Annotated[str, Meta(max_length=_NAME_LIMIT)]
    u: Annotated[str, Meta(max_length=_URL_LIMIT)]
    d: Annotated[str, Meta(max_length=_URL_LIMIT)]
    r: Annotated[str, Meta(max_length=_REFERRER_LIMIT)] | None = None
    p: Any = None
    h: bool = False
    i: bool = True
    w: Annotated[int, Meta(ge=0, le=_VIEWPORT_LIMIT)] = 0
    e: Annotated[int, Meta(ge=0, le=_ENGAGED_LIMIT)] = 0
    sd: Annotated[int, Meta(ge=0, le=100)] = 0
    v: Any = None
    """Some scripts tell their version."""


_decode = msgspec.json.Decoder(Event).decode
NOT_USUAL = (msgspec.MsgspecError, ValueError, RecursionError)
"""What decoding raises for an event that is not in the usual form."""


def read_event(body: bytes, sender: Sender) -> RawHit:
    """Return the hit of an event's JSON body, or raise a Problem that names the field.

    What is sent in the usual form is checked while it is decoded; what is not is looked at again,
    field by field: it may be right in another way, and what is wrong has to be named.
    """
    try:
        event = _decode(body)
    except NOT_USUAL:
        return read_fields(_load(body), sender)
    return read_usual(event, sender)


def read_usual(event: Event, sender: Sender) -> RawHit:
    """Return the hit of an event that came in the usual form, or raise a Problem that names the field."""
    return RawHit(
        _text(event.n, "n", _NAME_LIMIT),
        _url(event.u),
        _domains(event.d),
        event.r or "",
        () if event.p is None else _props(event.p),
        event.h,
        event.i,
        event.w,
        event.e,
        event.sd,
        sender.address,
        sender.browser,
        sender.opted_out,
        sender.prefetched,
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
    if not isinstance(event, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not a JSON object")
    return event


def read_pixel(query: bytes, sender: Sender) -> RawHit:
    """Return the pageview of a pixel's query string, or raise a Problem that names the field."""
    try:
        fields = parse_qs(query.decode("ascii"), max_num_fields=20, errors="replace")
    except (UnicodeDecodeError, ValueError):
        raise Problem(HTTPStatus.BAD_REQUEST, "the query string cannot be read") from None
    event = {name: values[0] for name, values in fields.items() if name in ("u", "d", "r")}
    return read_fields(event | {"n": "pageview"}, sender)


def read_fields(event: dict[str, Any], sender: Sender) -> RawHit:
    """Return the hit of an event's fields, or raise a Problem that names the wrong one."""
    if not _SHORT_NAMES.keys().isdisjoint(event):
        event = _shorten(event)
    get = event.get
    return RawHit(
        _text(get("n"), "n", _NAME_LIMIT),
        _url(get("u")),
        _domains(get("d")),
        "" if (referrer := get("r")) is None else _any_text(referrer, "r", _REFERRER_LIMIT),
        () if (props := get("p")) is None else _props(props),
        False if (flag := get("h")) is None else _flag(flag, "h"),
        True if (flag := get("i")) is None else _flag(flag, "i"),
        0 if (number := get("w")) is None else _number(number, "w", _VIEWPORT_LIMIT),
        0 if (number := get("e")) is None else _number(number, "e", _ENGAGED_LIMIT),
        0 if (number := get("sd")) is None else min(_number(number, "sd", 255), 100),
        sender.address,
        sender.browser,
        sender.opted_out,
        sender.prefetched,
    )


def _shorten(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with short names only; what was sent under the shortest name counts."""
    short = {name: value for name, value in event.items() if name not in _SHORT_NAMES}
    for long, name in _SHORT_NAMES.items():
        if short.get(name) is None:
            short[name] = event.get(long)
    return short


def _wrong(short: str, expected: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, f"{short} ({_LONG_NAMES[short]}): {expected}")


def _text(value: Any, short: str, limit: int) -> str:  # noqa: ANN401
    if not isinstance(value, str) or not value or value.isspace():
        raise _wrong(short, "a text is required")
    if len(value) > limit:
        raise _wrong(short, f"at most {limit} characters are taken")
    return value


def _any_text(value: Any, short: str, limit: int) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise _wrong(short, "a text or null is expected")
    if len(value) > limit:
        raise _wrong(short, f"at most {limit} characters are taken")
    return value


def _url(value: Any) -> str:  # noqa: ANN401
    url = _text(value, "u", _URL_LIMIT)
    if read_page(url, False, ()) is None:
        raise _wrong("u", "an http or https URL is required")
    return url


def _domains(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    domains = _split(_text(value, "d", _URL_LIMIT))
    if not domains:
        raise _wrong("d", "a domain is required")
    if len(domains) > _DOMAINS_LIMIT:
        raise _wrong("d", f"at most {_DOMAINS_LIMIT} domains are taken")
    return domains


@lru_cache(maxsize=1_024)
def _split(domains: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(site_name, domains.split(",")))))


def _props(props: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    if isinstance(props, str):
        props = _parsed(props)
    if props is None:
        return ()
    if not isinstance(props, dict):
        raise _wrong("p", "an object of names and values is expected")
    if len(props) > _PROPS_LIMIT:
        raise _wrong("p", f"at most {_PROPS_LIMIT} properties are taken")
    return tuple((_prop_name(name), _prop_value(value)) for name, value in props.items())


def _parsed(props: str) -> Any:  # noqa: ANN401
    """Return properties that came as JSON within JSON, as older scripts send them."""
    try:
        return orjson.loads(props) if props else None
    except orjson.JSONDecodeError:
        raise _wrong("p", "an object of names and values is expected") from None


def _prop_name(name: str) -> str:
    if not name or len(name) > _PROP_NAME_LIMIT:
        raise _wrong("p", f"a property's name has 1 to {_PROP_NAME_LIMIT} characters")
    return name


def _prop_value(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise _wrong("p", "a property's value is a text, a number or a boolean")
    text = str(value)
    if len(text) > _PROP_LIMIT:
        raise _wrong("p", f"a property's value has at most {_PROP_LIMIT} characters")
    return text


def _flag(value: Any, short: str) -> bool:  # noqa: ANN401
    if value not in (True, False, 0, 1):
        raise _wrong(short, "true or false is expected")
    return bool(value)


def _number(value: Any, short: str, limit: int) -> int:  # noqa: ANN401
    if type(value) not in _NUMBERS or value < 0:
        raise _wrong(short, "a number from 0 is expected")
    return int(value) if value < limit else limit
