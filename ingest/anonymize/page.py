"""The page of a hit: what of its URL is kept."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from ingest.anonymize.host import read_host
from ingest.anonymize.scrub import PATH_LIMIT, scrub_path, scrub_text
from ingest.store.dimensions import NONE

_URL = re.compile(
    r"\s*https?://([^/?#\\]+)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL
)
_LONGEST_QUERY = 4000
_LONGEST_VALUE = 100
_LONGEST_CACHED = 1000
"""Characters of a URL worth remembering; longer ones are rare, and could fill the memory."""

_UTM = {
    "utm_source": ("utm_source", "source", "ref"),
    "utm_medium": ("utm_medium",),
    "utm_campaign": ("utm_campaign",),
    "utm_content": ("utm_content",),
    "utm_term": ("utm_term",),
}
"""Dimensions of campaigns, and the query keys that tell them, the first of them first."""

_CLICK_KEYS = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "dclid": "google display",
    "msclkid": "microsoft",
    "ttclid": "tiktok",
    "twclid": "x",
    "li_fat_id": "linkedin",
    "rdt_cid": "reddit",
    "ScCid": "snapchat",
    "epik": "pinterest",
    "yclid": "yandex",
    "fbclid": "facebook",
}
"""Query keys by which networks number a click. The number is never kept, only who gave it."""


class Page(NamedTuple):
    """What a URL tells about the visit."""

    host: str
    page: str
    section: str
    """The first segment, as in "/blog"; "/" for the root."""
    utm: tuple[str, str, str, str, str]
    """Source, medium, campaign, content and term; `(none)` where nothing was sent."""
    click: str
    """The network whose click number was there: "google", "facebook"…; empty if none was."""


def read_page(url: str, hash_routing: bool, query_params: tuple[str, ...]) -> Page | None:
    """Return the page at `url`, or None if it is not an http(s) URL with a host.

    Its path is scrubbed; "/a/" is "/a". With `hash_routing` the fragment is part of the name, as
    a path of its own: "/app#/inbox". The query keys `query_params` stay, sorted, with scrubbed
    values: "/search?q=shoes". A name has at most 300 characters; what does not fit is left out.
    """
    read = _read_page if len(url) <= _LONGEST_CACHED else _read_page.__wrapped__
    return read(url, hash_routing, query_params)


@lru_cache(maxsize=20_000)
def _read_page(url: str, hash_routing: bool, query_params: tuple[str, ...]) -> Page | None:
    parts = _URL.match(url)
    host = parts and read_host(parts[1])
    if parts is None or not host:
        return None
    query = _read_query(parts[3] or "")
    path = scrub_path(parts[2])
    route = scrub_path((parts[4] or "").removeprefix("!")) if hash_routing else "/"
    name = _named(path, route, sorted((key, query[key]) for key in query_params if key in query))
    section = _section(route if path == "/" else path)
    click = next((network for key, network in _CLICK_KEYS.items() if key in query), "")
    return Page(host, name, section, _read_utm(query), click)


def _read_query(query: str) -> dict[str, str]:
    """Return each key with its first value."""
    if len(query) > _LONGEST_QUERY:
        query = query[:_LONGEST_QUERY].rpartition("&")[0]
    return dict(reversed(parse_qsl(query)))


def _named(path: str, route: str, query: list[tuple[str, str]]) -> str:
    name = path
    if route != "/" and len(name) + len(route) < PATH_LIMIT:
        name += f"#{route}"
    joint = "?"
    for key, value in query:
        text = scrub_text(value, _LONGEST_VALUE).replace("&", "%26").replace("#", "%23")
        pair = f"{joint}{key}={text.replace(' ', '+')}"
        if len(name) + len(pair) <= PATH_LIMIT:
            name += pair
            joint = "&"
    return name


def _section(path: str) -> str:
    return "/" + path.split("/", 2)[1]


def _read_utm(query: dict[str, str]) -> tuple[str, str, str, str, str]:
    source, medium, campaign, content, term = (
        next((text for key in keys if (text := _value(query, key))), NONE) for keys in _UTM.values()
    )
    return source, medium, campaign, content, term


def _value(query: dict[str, str], key: str) -> str:
    return scrub_text(query.get(key, ""), _LONGEST_VALUE)
