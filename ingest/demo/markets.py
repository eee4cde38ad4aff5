"""Where visitors come from: countries, their shares, and networks of well-known operators."""

from functools import cache, cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from ingest.demo.draw import Draw


class Market(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A country, or a part of one that has its own time."""

    country: str
    """ISO 3166-1 alpha-2."""
    timezone: str
    share: float
    """Of the site's visits, in proportion to the other markets' shares."""
    mobile: float
    """How many of its visitors come with a phone, 0 to 1."""
    languages: dict[str, float]
    """Language tags and how often they are seen."""
    networks: dict[str, str]
    """Prefixes of access networks, and what their operators' names contain."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time its visitors live by."""
        return ZoneInfo(self.timezone)

    @cached_property
    def language(self) -> Draw[str]:
        """A visitor's language tag."""
        return Draw(self.languages.items())

    def address(self, chance: Random) -> str:
        """Return a random address in one of the networks."""
        return random_address(chance.choice(self._ip_networks), chance)

    @cached_property
    def _ip_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(map(ip_network, self.networks))


@cache
def load_markets() -> tuple[Market, ...]:
    """Return all markets, as `markets.json` has them."""
    listed = Path(__file__).with_name("markets.json").read_bytes()
    return msgspec.json.decode(listed, type=tuple[Market, ...])


def random_address(network: IPv4Network | IPv6Network, chance: Random) -> str:
    """Return a random address of a network."""
    return str(network[chance.randrange(network.num_addresses)])
