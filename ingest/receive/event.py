"""The wire format of an event, and of the pixel: bytes in, RawHit out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import orjson

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


def read_event(body: bytes, sender: Sender) -> RawHit:
    """Return the hit of an event's JSON body, or raise a Problem that names the field."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
    if not isinstance(event, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not a JSON object")
    return _hit(event, sender)


def read_pixel(query: bytes, sender: Sender) -> RawHit:
    """Return the pageview of a pixel's query string, or raise a Problem that names the field."""
    try:
        fields = parse_qs(query.decode("ascii"), max_num_fields=20, errors="replace")
    except (UnicodeDecodeError, ValueError):
        raise Problem(HTTPStatus.BAD_REQUEST, "the query string cannot be read") from None
    event = {name: values[0] for name, values in fields.items() if name in ("u", "d", "r")}
    return _hit(event | {"n": "pageview"}, sender)


def _hit(event: Mapping[str, Any], sender: Sender) -> RawHit:
    return RawHit(
        name=_text(event, "n", _NAME_LIMIT),
        url=_url(event),
        domains=_domains(event),
        referrer=_text(event, "r", _REFERRER_LIMIT, required=False),
        props=_props(event),
        hash_routing=bool(_flag(event, "h", default=False)),
        interactive=bool(_flag(event, "i", default=True)),
        viewport_width=_number(event, "w", _VIEWPORT_LIMIT),
        engaged=_number(event, "e", _ENGAGED_LIMIT),
        scroll=min(_number(event, "sd", 255), 100),
        address=sender.address,
        user_agent=sender.user_agent,
        accept_language=sender.accept_language,
        hint_brands=sender.hint_brands,
        hint_platform=sender.hint_platform,
        hint_mobile=sender.hint_mobile,
        opted_out=sender.opted_out,
        prefetched=sender.prefetched,
    )


def _field(event: Mapping[str, Any], short: str) -> Any:  # noqa: ANN401
    value = event.get(short)
    if value is None:
        value = event.get(_LONG_NAMES[short])
    if value is None and short in _OTHER_LONG_NAMES:
        value = event.get(_OTHER_LONG_NAMES[short])
    return value


def _wrong(short: str, expected: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, f"{short} ({_LONG_NAMES[short]}): {expected}")


def _text(event: Mapping[str, Any], short: str, limit: int, *, required: bool = True) -> str:
    value = _field(event, short)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise _wrong(short, "a text is required" if required else "a text or null is expected")
    if len(value) > limit:
        raise _wrong(short, f"at most {limit} characters are taken")
    return value


def _url(event: Mapping[str, Any]) -> str:
    url = _text(event, "u", _URL_LIMIT)
    if read_page(url, False, ()) is None:
        raise _wrong("u", "an http or https URL is required")
    return url


def _domains(event: Mapping[str, Any]) -> tuple[str, ...]:
    names = map(site_name, _text(event, "d", _URL_LIMIT).split(","))
    domains = tuple(dict.fromkeys(name for name in names if name))
    if not domains:
        raise _wrong("d", "a domain is required")
    if len(domains) > _DOMAINS_LIMIT:
        raise _wrong("d", f"at most {_DOMAINS_LIMIT} domains are taken")
    return domains


def _props(event: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    props = _field(event, "p")
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


def _flag(event: Mapping[str, Any], short: str, *, default: bool) -> bool:
    value = _field(event, short)
    if value is None:
        return default
    if value not in (True, False, 0, 1):
        raise _wrong(short, "true or false is expected")
    return bool(value)


def _number(event: Mapping[str, Any], short: str, limit: int) -> int:
    value = _field(event, short)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _wrong(short, "a number from 0 is expected")
    return int(min(value, limit))
