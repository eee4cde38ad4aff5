"""Made-up visitors, who can be drawn anew: other identities of whom the same is counted."""

from ipaddress import ip_address
from random import Random
from typing import NamedTuple

from ingest.anonymize.address import cut
from ingest.anonymize.place import Places
from ingest.settings import Profile

_NETWORKS = ("90.1.7.0", "81.2.69.0", "93.204.11.0", "49.36.0.0", "73.15.60.0", "2a01:e0a:5::")
"""Of providers in several countries; nothing is ever sent there."""
_AGENTS = {
    "Chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.{build}.{minor} Safari/537.36",
    "Safari": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.{minor}.{build} "
    "(KHTML, like Gecko) Version/18.6.{minor} Mobile/15E{build} Safari/604.1",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.{minor}.{build}) Gecko/20100101 "
    "Firefox/140.{minor}.{build}",
}
"""Browsers, with the parts of which nothing may be left."""
_LANGUAGES = ("fr", "en", "de", "hi")
_TRIES = 200


class Person(NamedTuple):
    """What may be counted of a visitor."""

    network: str
    browser: str
    language: str


class Identity(NamedTuple):
    """What nobody else has."""

    address: str
    user_agent: str
    accept_language: str
    token: str
    """For cookies, query strings and the like."""

    @property
    def headers(self) -> dict[str, str]:
        """Return what the visitor's browser sends."""
        return {
            "x-forwarded-for": self.address,
            "user-agent": self.user_agent,
            "accept-language": self.accept_language,
            "cookie": f"id={self.token}",
        }


def draw_people(random: Random, count: int) -> list[Person]:
    """Return visitors of few kinds, so that some kinds are crowds."""
    return [
        Person(random.choice(_NETWORKS), random.choice(list(_AGENTS)), random.choice(_LANGUAGES))
        for _ in range(count)
    ]


def draw_identities(
    random: Random, people: list[Person], places: Places, profile: Profile
) -> list[Identity]:
    """Return an identity for each, no two alike; addresses are of their country and provider."""
    builds = random.sample(range(1_000, 10_000), len(people))
    return [
        Identity(
            _draw_address(random, person.network, places, profile),
            _AGENTS[person.browser].format(build=build, minor=random.randrange(10)),
            f"{person.language}-{random.choice(['AA', 'BB', 'CC'])},{person.language};q=0.9,"
            f"x-{random.randbytes(6).hex()};q=0.1",
            random.randbytes(12).hex(),
        )
        for person, build in zip(people, builds, strict=True)
    ]


def _draw_address(random: Random, network: str, places: Places, profile: Profile) -> str:
    """Return an address of the network's country and provider, of another network if one is found."""
    place = places.find(cut(network, profile))
    base = ip_address(network)
    free = 16 if base.version == 4 else 88  # noqa: PLR2004
    for bits in [free] * _TRIES:
        address = str(ip_address(int(base) >> bits << bits | random.getrandbits(bits)))
        if places.find(cut(address, profile)) == place:
            return address
    return str(base + random.randrange(1, 255))
