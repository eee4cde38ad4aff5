"""The name of a host, as people read it."""

import re

from ingest.store.dimensions import UNKNOWN

_LABEL = re.compile(r"[\w-]{1,63}")
_IPV4 = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""A last label that makes an IPv4 address of the host (WHATWG URL, 3.5)."""
_LONGEST = 253
_LONGEST_AUTHORITY = 600


def read_host(authority: str) -> str | None:
    """Return the host of a URL's authority (`user:password@host:port`), or None if there is none.

    Lower case, without a trailing dot, internationalized names in their own script. An address can
    be a person's, so it is `(unknown)`.
    """
    if len(authority) > _LONGEST_AUTHORITY:
        return None
    host = authority.rpartition("@")[2].lower()
    if host.startswith("["):
        return UNKNOWN
    host = host.partition(":")[0].removesuffix(".")
    labels = [_readable(label) for label in host.split(".")]
    if len(host) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        return None
    return UNKNOWN if _IPV4.fullmatch(host) else ".".join(labels)


def _readable(label: str) -> str:
    """Decode an `xn--` label; one that says nothing readable stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
    return decoded if _LABEL.fullmatch(decoded) else label
