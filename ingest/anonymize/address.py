"""Addresses, cut before anything else looks at them."""

import socket

from ingest.settings import Profile

_MAPPED = bytes(10) + b"\xff\xff"
_IPV4_BYTES = 4


def pack(address: str) -> bytes | None:
    """Return an address as 4 or 16 bytes (an IPv4 one inside IPv6 as 4), or None if it is none."""
    try:
        if ":" not in address:
            return socket.inet_pton(socket.AF_INET, address)
        packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return None
    return packed[-_IPV4_BYTES:] if packed.startswith(_MAPPED) else packed


def cut(address: str, profile: Profile) -> str:
    """Return the network of an address, as the text of its first address; empty if it is none.

    `203.0.113.77` under `standard` is `203.0.113.0`.
    """
    if ":" in address:
        return _cut_packed(pack(address), profile)
    try:
        socket.inet_pton(socket.AF_INET, address)  # which takes an address in one way only
    except (OSError, ValueError):
        return ""
    lost = _IPV4_BYTES - profile.ipv4_bits // 8
    return address.rsplit(".", lost)[0] + ".0" * lost


def _cut_packed(packed: bytes | None, profile: Profile) -> str:
    if packed is None:
        return ""
    if len(packed) == _IPV4_BYTES:
        return socket.inet_ntop(socket.AF_INET, _keep(packed, profile.ipv4_bits))
    return socket.inet_ntop(socket.AF_INET6, _keep(packed, profile.ipv6_bits))


def _keep(packed: bytes, bits: int) -> bytes:
    """Keep the first `bits`, a multiple of 8."""
    return packed[: bits // 8].ljust(len(packed), b"\0")
