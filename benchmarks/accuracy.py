"""How many of a day's visitors are counted: by prefix (the default), by prefix of `exempt`, by address.

    python benchmarks/accuracy.py [--most 1000000]

Visitors are told apart by address (cut, or whole), user agent and language. So those who share all of
them count as one. Each audience below is of one country, the hardest case; user agents and languages
are drawn as often as they are seen on real traffic (the data of `footfall demo`).

- home: an address a household, three in twenty of which send two visitors; 45 % come by IPv6, with a
  /56 each. Of a country with 20 million households.
- mobile: phones behind the address translation of four carriers, each with 4,096 addresses, so that
  some hundreds share one; half of them come by IPv6, over 256 networks a carrier. It is the worst
  that is common: few kinds of phones, all of them up to date.
- office: companies of 200 people behind one address, four in five of whom have the computer that
  their company hands out, with the same browser and language.

Prints the part of the true visitors that is counted.
"""

import argparse
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from random import Random
from typing import NamedTuple

from ingest.anonymize.address import cut
from ingest.anonymize.visitor_key import begin_key, browser_part, visitor_key
from ingest.demo.agents import Agent, load_agents
from ingest.demo.draw import Draw
from ingest.settings import PROFILES, Profile

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
WAYS = {
    "prefix": PROFILES["standard"],
    "prefix, exempt": PROFILES["exempt"],
    "address": Profile(32, 128),
}
_HOUSEHOLDS = 20_000_000
_PAIRS = 0.15
_AT_HOME_BY_IPV6, _MOBILE_BY_IPV6 = 0.45, 0.5
_CARRIERS, _ADDRESSES, _GATEWAYS = 4, 4_096, 256
_STAFF, _SAME = 200, 0.8
_IPV4, _IPV6 = int(ip_address("60.0.0.0")), int(ip_address("2a01::"))
_ACCEPTED = "{tag},{primary};q=0.9,en;q=0.8"


class Visitor(NamedTuple):
    """What visitors are told apart by."""

    address: str
    user_agent: str
    accept_language: str


Audience = Callable[[int, Random], Iterator[Visitor]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--most", type=int, default=SIZES[-1], help="visitors of the largest audience"
    )
    most = parser.parse_args().most
    sizes = [size for size in SIZES if size <= most]
    print(f"{'audience':<10}{'count_by':<16}" + "".join(f"{size:>11,}" for size in sizes))
    for name, audience in AUDIENCES.items():
        shares = [counted(audience(size, Random(size)), size) for size in sizes]
        for way in WAYS:
            print(f"{name:<10}{way:<16}" + "".join(f"{share[way]:>10.1%} " for share in shares))


def counted(visitors: Iterator[Visitor], size: int) -> dict[str, float]:
    """Return which part of the visitors has a key of its own, by way of counting."""
    begun = begin_key(b"k" * 32, "example.com")
    keys: dict[str, set[int]] = {way: set() for way in WAYS}
    for address, agent, language in visitors:
        part = browser_part(agent, language)
        for way, profile in WAYS.items():
            keys[way].add(visitor_key(begun, cut(address, profile), part))
    return {way: len(found) / size for way, found in keys.items()}


def home(size: int, chance: Random) -> Iterator[Visitor]:
    agents, left = load_agents(), size
    while left:
        household = chance.randrange(_HOUSEHOLDS)
        is_new = chance.random() < _AT_HOME_BY_IPV6
        for number in range(min(left, 1 + (chance.random() < _PAIRS))):
            left -= 1
            draw = agents.on_phones if chance.random() < 0.5 else agents.on_computers
            host = household << 72 | number + 1
            address = _IPV6 + host if is_new else _IPV4 + household
            yield Visitor(str(ip_address(address)), *told(draw(chance), chance))


def mobile(size: int, chance: Random) -> Iterator[Visitor]:
    agents = load_agents()
    for _ in range(size):
        carrier = chance.randrange(_CARRIERS)
        if chance.random() < _MOBILE_BY_IPV6:
            network = carrier << 16 | chance.randrange(_GATEWAYS)
            address = _IPV6 + (
                network << 80 | chance.getrandbits(16) << 64 | chance.getrandbits(64)
            )
        else:
            address = _IPV4 + (carrier << 16 | chance.randrange(_ADDRESSES))
        yield Visitor(str(ip_address(address)), *told(agents.on_phones(chance), chance))


def office(size: int, chance: Random) -> Iterator[Visitor]:
    agents = load_agents()
    for start in range(0, size, _STAFF):
        company = _IPV4 + chance.randrange(_HOUSEHOLDS)
        handed_out = told(agents.on_computers(chance), chance)
        for _ in range(min(_STAFF, size - start)):
            own = told(agents.on_computers(chance), chance)
            setup = handed_out if chance.random() < _SAME else own
            yield Visitor(str(ip_address(company)), *setup)


def told(agent: Agent, chance: Random) -> tuple[str, str]:
    """Return the user agent and the languages that a browser tells."""
    tag = Draw(agent.languages.items())(chance)
    return agent.user_agent, _ACCEPTED.format(tag=tag, primary=tag.partition("-")[0])


AUDIENCES: dict[str, Audience] = {"home": home, "mobile": mobile, "office": office}


if __name__ == "__main__":
    main()
