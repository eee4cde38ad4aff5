"""What a request's headers tell about its sender."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from ingest.anonymize.browser import Browser, read_browser
from ingest.receive.proxies import Proxies

_SAYING = frozenset(
    {
        b"user-agent",
        b"accept-language",
        b"sec-ch-ua",
        b"sec-ch-ua-platform",
        b"sec-ch-ua-mobile",
        b"sec-gpc",
        b"dnt",
        b"sec-purpose",
        b"purpose",
    }
)
WANTED = _SAYING | {b"x-forwarded-for", b"forwarded"}
"""Headers that tell something; names in lower case."""
HEADER_LIMIT = 1_024
"""Characters of a header that are read; browsers send far less."""
_LONGEST_CACHED = 600
"""Bytes of a header worth remembering; longer ones are no browser's, and could fill the memory."""
_Header = tuple[bytes, bytes]


class Sender(msgspec.Struct, frozen=True, gc=False):
    """Raw: lives as long as its request."""

    address: str
    browser: Browser
    opted_out: bool
    prefetched: bool


def read_sender(headers: Iterable[_Header], peer: str, proxies: Proxies) -> Sender:
    """Return the sender of a request with these headers (lower-case names), sent by `peer`."""
    said = []
    is_usual = True
    forwarded: dict[bytes, str] = {}
    for header in headers:
        name, value = header
        if name in _SAYING:
            said.append(header)
            if len(value) > _LONGEST_CACHED:
                is_usual = False
        elif name in WANTED:
            _join(forwarded, header)
    address = peer
    if forwarded:
        # Each proxy appends, so the end of these two is what can be believed.
        address = proxies.client(
            peer,
            forwarded.get(b"x-forwarded-for", "")[-HEADER_LIMIT:],
            forwarded.get(b"forwarded", "")[-HEADER_LIMIT:],
        )
    read = _read if is_usual and len(said) <= len(_SAYING) else _read.__wrapped__
    browser, opted_out, prefetched = read(*said)
    return Sender(address, browser, opted_out, prefetched)


@lru_cache(maxsize=8_192)
def _read(*headers: _Header) -> tuple[Browser, bool, bool]:
    """Read a sender's own headers, once for all requests that have the same."""
    found: dict[bytes, str] = {}
    for header in headers:
        _join(found, header)
    get = found.get
    browser = read_browser(
        get(b"user-agent", "")[:HEADER_LIMIT],
        get(b"accept-language", "")[:HEADER_LIMIT],
        get(b"sec-ch-ua", "")[:HEADER_LIMIT],
        get(b"sec-ch-ua-platform", "")[:HEADER_LIMIT],
        get(b"sec-ch-ua-mobile", "")[:HEADER_LIMIT],
    )
    opted_out = get(b"sec-gpc") == "1" or get(b"dnt") == "1"
    prefetched = "prefetch" in get(b"sec-purpose", "") or "prefetch" in get(b"purpose", "")
    return browser, opted_out, prefetched


def _join(found: dict[bytes, str], header: _Header) -> None:
    """Add a header; one that comes on several lines is one list."""
    name, value = header
    text = value.decode("latin-1")
    found[name] = f"{found[name]}, {text}" if name in found else text
