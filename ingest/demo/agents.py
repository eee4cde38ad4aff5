"""What visitors browse with, as often as it is seen on real traffic; see CREDITS.md."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from ingest.demo.draw import Draw

_MOST = 0.05
"""A single user agent's share of traffic, at most.

One of the file has 23 %: one version of one system, one width and one language, so most likely
a farm's and not people's.
"""


class Agent(msgspec.Struct, frozen=True, eq=False):
    """A browser on a device; a line of the file."""

    user_agent: str
    device: str
    viewport_width: int
    weight: float
    languages: dict[str, int]
    """Language tags seen with it, and how often."""


class Agents(NamedTuple):
    """Browsers by their share."""

    on_phones: Draw[Agent]
    on_computers: Draw[Agent]


@cache
def load_agents() -> Agents:
    """Return all user agents; tablets are with the computers."""
    lines = Path(__file__).with_name("user_agents.jsonl").read_bytes()
    agents = msgspec.json.Decoder(Agent).decode_lines(lines)
    return Agents(
        _draw(agent for agent in agents if agent.device == "mobile"),
        _draw(agent for agent in agents if agent.device != "mobile"),
    )


def _draw(agents: Iterable[Agent]) -> Draw[Agent]:
    return Draw((agent, min(agent.weight, _MOST)) for agent in agents)
