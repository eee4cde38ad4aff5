"""What a request's headers tell about its sender."""

from collections.abc import Iterable

import msgspec

from ingest.receive.proxies import Proxies

_WANTED = {
    b"user-agent",
    b"accept-language",
    b"sec-ch-ua",
    b"sec-ch-ua-platform",
    b"sec-ch-ua-mobile",
    b"sec-gpc",
    b"dnt",
    b"sec-purpose",
    b"purpose",
    b"x-forwarded-for",
    b"forwarded",
}
_HEADER_LIMIT = 1_024
"""Characters of a header that are read; browsers send far less."""


class Sender(msgspec.Struct, frozen=True, gc=False):
    """Raw: lives as long as its request."""

    address: str
    user_agent: str
    accept_language: str
    hint_brands: str
    hint_platform: str
    hint_mobile: str
    opted_out: bool
    prefetched: bool


def read_sender(headers: Iterable[tuple[bytes, bytes]], peer: str, proxies: Proxies) -> Sender:
    """Return the sender of a request with these headers (lower-case names), sent by `peer`."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in _WANTED:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    get = found.get
    return Sender(
        # Each proxy appends, so the end of these two is what can be believed.
        address=proxies.client(
            peer,
            get(b"x-forwarded-for", "")[-_HEADER_LIMIT:],
            get(b"forwarded", "")[-_HEADER_LIMIT:],
        ),
        user_agent=get(b"user-agent", "")[:_HEADER_LIMIT],
        accept_language=get(b"accept-language", "")[:_HEADER_LIMIT],
        hint_brands=get(b"sec-ch-ua", "")[:_HEADER_LIMIT],
        hint_platform=get(b"sec-ch-ua-platform", "")[:_HEADER_LIMIT],
        hint_mobile=get(b"sec-ch-ua-mobile", "")[:_HEADER_LIMIT],
        opted_out=get(b"sec-gpc") == "1" or get(b"dnt") == "1",
        prefetched="prefetch" in get(b"sec-purpose", "") or "prefetch" in get(b"purpose", ""),
    )
