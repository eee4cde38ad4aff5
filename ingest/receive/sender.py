"""What a request's headers tell about its sender."""

from collections.abc import Iterable
from functools import lru_cache

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
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _WANTED:
            found[name] = found[name] + b", " + value if name in found else value
    get = found.get
    user_agent, accept_language, brands, platform, mobile = _decode(
        get(b"user-agent", b""),
        get(b"accept-language", b""),
        get(b"sec-ch-ua", b""),
        get(b"sec-ch-ua-platform", b""),
        get(b"sec-ch-ua-mobile", b""),
    )
    return Sender(
        # Each proxy appends, so the end of these two is what can be believed.
        proxies.client(
            peer,
            get(b"x-forwarded-for", b"")[-_HEADER_LIMIT:].decode("latin-1"),
            get(b"forwarded", b"")[-_HEADER_LIMIT:].decode("latin-1"),
        ),
        user_agent,
        accept_language,
        brands,
        platform,
        mobile,
        get(b"sec-gpc") == b"1" or get(b"dnt") == b"1",
        b"prefetch" in get(b"sec-purpose", b"") or b"prefetch" in get(b"purpose", b""),
    )


@lru_cache(maxsize=4_096)
def _decode(*headers: bytes) -> tuple[str, ...]:
    """Decode a browser's headers, once for all that have the same.

    What comes next looks them up again, and one object is found sooner than equal ones.
    """
    return tuple(value[:_HEADER_LIMIT].decode("latin-1") for value in headers)
