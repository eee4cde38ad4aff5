"""Who visits: people with an address, a browser and a language, some of whom come again."""

from random import Random
from typing import NamedTuple

from ingest.demo.agents import load_agents
from ingest.demo.markets import Market

_OPTED_OUT = 0.02
_ABROAD = 0.06
"""How many have a browser that speaks another language than their country."""
_KNOWN = 9_000
"""Visitors who may come again, over all markets."""


class Person(NamedTuple):
    """A visitor, as the collector would see them."""

    address: str
    user_agent: str
    accept_language: str
    viewport_width: int
    opted_out: bool

    @property
    def language(self) -> str:
        """The primary subtag of the first language."""
        return self.accept_language[:2]


class People:
    """The visitors of a market."""

    def __init__(self, market: Market, share: float) -> None:
        """`share` is the market's part of all visits, 0 to 1."""
        self._market = market
        self._most = max(1, int(_KNOWN * share))
        self._known: list[Person] = []

    def meet(self, chance: Random, regulars: float) -> Person:
        """Return a visitor; one who came before with the likelihood `regulars`."""
        if self._known and chance.random() < regulars:
            return chance.choice(self._known)
        person = make_person(self._market, chance)
        if len(self._known) < self._most:
            self._known.append(person)
        else:
            self._known[chance.randrange(self._most)] = person
        return person


def make_person(market: Market, chance: Random) -> Person:
    """Return a person of a market whom nobody has seen before."""
    agents = load_agents()
    has_phone = chance.random() < market.mobile
    agent = (agents.on_phones if has_phone else agents.on_computers)(chance)
    is_abroad = chance.random() < _ABROAD
    language = chance.choice(tuple(agent.languages)) if is_abroad else market.language(chance)
    return Person(
        address=market.address(chance),
        user_agent=agent.user_agent,
        accept_language=_accept_language(language),
        viewport_width=agent.viewport_width,
        opted_out=chance.random() < _OPTED_OUT,
    )


def _accept_language(tag: str) -> str:
    """Return the header that browsers send for their first language."""
    primary = tag.partition("-")[0]
    header = tag if tag == primary else f"{tag},{primary};q=0.9"
    return header if primary == "en" else f"{header},en;q=0.8"
