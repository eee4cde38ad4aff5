"""Programs that run the site's script: what the collector is there to drop."""

from ipaddress import ip_network
from random import Random
from typing import NamedTuple

from ingest.demo.draw import Draw
from ingest.demo.markets import random_address
from ingest.demo.people import Person


class _Robot(NamedTuple):
    network: str
    user_agent: str


_MODERN = (
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; {}) Chrome/{} Safari/537.36"
)
_ROBOTS = Draw(
    [
        (
            _Robot(
                "66.249.64.0/20",
                _MODERN.format("Googlebot/2.1; +http://www.google.com/bot.html", "141.0.7390.122"),
            ),
            34,
        ),
        (
            _Robot(
                "157.55.39.0/24",
                _MODERN.format("bingbot/2.0; +http://www.bing.com/bingbot.htm", "136.0.0.0"),
            ),
            22,
        ),
        (
            _Robot(
                "20.171.207.0/24",
                _MODERN.format("GPTBot/1.3; +https://openai.com/gptbot", "140.0.0.0"),
            ),
            18,
        ),
        (
            _Robot(
                "3.224.0.0/12",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "HeadlessChrome/140.0.0.0 Safari/537.36",
            ),
            26,
        ),
    ]
)


def make_robot(chance: Random) -> Person:
    """Return a robot, as the collector would see it."""
    robot = _ROBOTS(chance)
    address = random_address(ip_network(robot.network), chance)
    return Person(address, robot.user_agent, "en-US", 1024, opted_out=False)
