"""Who sent a request, when it came through proxies: only configured ones are believed."""

import re
from collections.abc import Iterable
from ipaddress import ip_network

from ingest.anonymize.address import pack

_ELEMENT = re.compile(r'(?:[^",]|"[^"]*"?)+')
"""One proxy's word in `Forwarded`; commas within quotes do not end it."""
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*"?([^;"\s]*)', re.IGNORECASE)


class Proxies:
    """The networks whose forwarding headers are believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        """`networks` are CIDRs such as `10.0.0.0/8`."""
        self._networks = [
            (network.version, int(network.network_address), int(network.netmask))
            for network in map(ip_network, networks)
        ]

    def client(self, peer: str, forwarded_for: str, forwarded: str) -> str:
        """Return the client's address: the last hop that is not a trusted proxy.

        `X-Forwarded-For` is read before `Forwarded` (RFC 7239), both from the right, as each proxy
        appends whom it heard from. What is left of the first untrusted or unreadable hop is hearsay.
        """
        if not self._networks or not self._trusts(peer):
            return peer
        hops = forwarded_for.split(",") if forwarded_for else _hops(forwarded)
        client = peer
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def _trusts(self, address: str) -> bool:
        packed = pack(address)
        if packed is None:
            return False
        version, number = 4 if len(packed) == 4 else 6, int.from_bytes(packed)  # noqa: PLR2004
        return any(version == own and number & mask == start for own, start, mask in self._networks)


def _hops(forwarded: str) -> list[str]:
    """Return the clients that a `Forwarded` header names, empty where a proxy names none."""
    named = (_FOR.search(element) for element in _ELEMENT.findall(forwarded))
    return [found[1] if found else "" for found in named]


def _address(hop: str) -> str | None:
    """Return the address in a hop, which may have a port and, for IPv6, brackets."""
    hop = hop.strip()
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    return hop if pack(hop) else None
