"""A user agent string, taken apart."""

from functools import lru_cache

from ua_parser import Parser
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver  # fails to import without the Rust engine: never slow unseen
from user_agents.parsers import UserAgent, parse_browser, parse_device, parse_operating_system

_PARSER = Parser(Resolver(load_lazy_builtins()))
_LONGEST = 600
"""Characters looked at; in-app browsers, the longest of real ones, need fewer than 500."""


class Agent(UserAgent):  # type: ignore[misc]  # the package has no types
    """`user-agents`' reading of a string, over `ua-parser`'s Rust engine.

    By itself `user-agents` calls ua-parser's legacy module, which always runs its regexes in
    Python (0.8 ms a string against 0.03 ms) and keeps strings in a cache of its own.
    """

    def __init__(self, text: str) -> None:
        text = text.encode("utf-8", "replace").decode()  # Rust takes no lone surrogate
        parsed = _PARSER.parse(text).with_defaults()
        browser, system, device = parsed.user_agent, parsed.os, parsed.device
        self.ua_string = text
        self.browser = parse_browser(browser.family, browser.major)
        self.os = parse_operating_system(system.family, system.major)
        self.device = parse_device(device.family, device.brand, device.model)


def read_agent(user_agent: str) -> Agent:
    """Return the parts of a user agent string; families are "Other" where nothing is known."""
    return _read_agent(user_agent[:_LONGEST])


@lru_cache(maxsize=256)
def _read_agent(user_agent: str) -> Agent:
    """Parse once for the steps of one hit; their results are cached for longer by themselves."""
    return Agent(user_agent)
