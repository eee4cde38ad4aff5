"""Who sent a request, when it came through proxies: only configured ones are believed."""

import re
from collections.abc import Iterable
from ipaddress import ip_network

from ingest.anonymize.address import pack

_ELEMENT = re.compile(r'(?:[^",]|"[^"]*"?)+')
"""One proxy's word in `Forwarded`; commas within quotes do not end it."""
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*"?([^;"\s]*)', re.IGNORECASE)
_MOST_KNOWN = 1_024


class Proxies:
    """The networks whose forwarding headers are believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        """`networks` are CIDRs such as `10.0.0.0/8`."""
        self._networks: dict[int, list[tuple[int, int]]] = {4: [], 16: []}
        """First address and mask, by an address' length in bytes."""
        for network in map(ip_network, networks):
            ends = int(network.network_address), int(network.netmask)
            self._networks[network.max_prefixlen // 8].append(ends)
        self._known: set[str] = set()
        """Peers that are proxies: they send many hits each, and are nobody's own address."""

    def client(self, peer: str, forwarded_for: str, forwarded: str) -> str:
        """Return the client's address: the last hop that is not a trusted proxy.

        `X-Forwarded-For` is read before `Forwarded` (RFC 7239), both from the right, as each proxy
        appends whom it heard from. What is left of the first untrusted or unreadable hop is hearsay.
        """
        if peer not in self._known and not self._is_proxy(peer):
            return peer
        hops = forwarded_for.split(",") if forwarded_for else _hops(forwarded)
        client = peer
        for hop in reversed(hops):
            address = hop.strip()
            packed = pack(address)
            if packed is None:
                address = _bare(address)
                packed = pack(address)
            if packed is None:
                break
            client = address
            if not self._trusts(packed):
                break
        return client

    def _is_proxy(self, peer: str) -> bool:
        packed = pack(peer)
        if packed is None or not self._trusts(packed):
            return False
        if len(self._known) < _MOST_KNOWN:
            self._known.add(peer)
        return True

    def _trusts(self, packed: bytes) -> bool:
        number = int.from_bytes(packed)
        for start, mask in self._networks[len(packed)]:  # noqa: SIM110 (any() costs more)
            if number & mask == start:
                return True
        return False


def _hops(forwarded: str) -> list[str]:
    """Return the clients that a `Forwarded` header names, empty where a proxy names none."""
    named = (_FOR.search(element) for element in _ELEMENT.findall(forwarded))
    return [found[1] if found else "" for found in named]


def _bare(hop: str) -> str:
    """Return the address in a hop, without a port and, for IPv6, without brackets."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
