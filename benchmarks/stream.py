"""The traffic that the benchmarks send: made up, in the proportions of a real site's.

Browsers are as frequent as on real traffic (`ingest/demo/CREDITS.md`). A visitor looks at one to
seven pages, and the visits of a thousand visitors go on side by side; 30 % of the page views have a
referrer and 10 % a campaign, and 20 % of the hits are engagement pings. Every page is as likely as
any other, which is harder on caches and cells than a site's few popular pages.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate, cycle, islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

import ingest.demo

DOMAIN = "example.com"
VISITORS, PAGES = 50_000, 2_000
ENGAGED = 10_000
"""Milliseconds, in every ping: their sum in the store tells how many pings were counted."""

_REFERRERS, _CAMPAIGNS = 0.3, 0.1
_PINGS = 0.25
"""Of the page views; so they are 20 % of the hits."""
_MOST_VIEWS = 7
_SIDE_BY_SIDE = 1_000
"""Visits; so a visitor's hits are far apart, and no other connection's hits can overtake."""

_FIRST_NETWORK, _NETWORKS, _STRIDE = 1 << 16, 126 << 16, 1_000_003
"""1.0.0.0/24 to 126.255.255.0/24, walked in long strides: no network comes twice."""
_SECTIONS = ("blog", "docs", "news", "shop", "guides", "stories", "events", "help")
_REFERRING = (
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://duckduckgo.com/",
    "https://t.co/x",
    "https://www.facebook.com/",
    "https://news.ycombinator.com/",
    "https://github.com/explore",
    "https://chatgpt.com/",
    *(f"https://blog-{number}.example.org/links" for number in range(192)),
)


class Visitor(NamedTuple):
    """A browser somewhere, as the collector sees it."""

    address: str
    user_agent: str
    accept_language: str
    viewport_width: int


class Hit(NamedTuple):
    """What a visitor's browser sends: an event in the collector's wire format."""

    visitor: Visitor
    event: dict[str, Any]


def visitors(chance: Random, addresses: int = VISITORS) -> Iterator[Visitor]:
    """Yield visitors without end.

    Their addresses, each in a network of its own, come again in the same order after so many of
    them, then most likely with another browser: as visitors whom nobody has seen before.
    """
    lines = Path(ingest.demo.__path__[0], "user_agents.jsonl").read_bytes().splitlines()
    agents = [orjson.loads(line) for line in lines]
    shares = list(accumulate(agent["weight"] for agent in agents))
    for number in cycle(range(addresses)):
        [agent] = chance.choices(agents, cum_weights=shares)
        languages = agent["languages"]
        [language] = chance.choices(list(languages), languages.values())
        network = _FIRST_NETWORK + number * _STRIDE % _NETWORKS
        yield Visitor(
            address=f"{network >> 16}.{network >> 8 & 255}.{network & 255}.{number % 254 + 1}",
            user_agent=agent["user_agent"],
            accept_language=f"{language},{language[:2]};q=0.9",
            viewport_width=agent["viewport_width"],
        )


def stream(chance: Random) -> Iterator[Hit]:
    """Yield hits without end."""
    who = visitors(chance)
    visits = deque(visit(visitor, chance) for visitor in islice(who, _SIDE_BY_SIDE))
    while True:
        running = visits.popleft()
        hit = next(running, None)
        if hit is None:
            running = visit(next(who), chance)
            hit = next(running)
        visits.append(running)
        yield hit


def visit(visitor: Visitor, chance: Random) -> Iterator[Hit]:
    """Yield the hits of a visit."""
    for _ in range(chance.randint(1, _MOST_VIEWS)):
        page = view(visitor, chance)
        yield page
        if chance.random() < _PINGS:
            yield ping(page, chance)


def view(visitor: Visitor, chance: Random, domain: str = DOMAIN) -> Hit:
    """Return a view of one of a site's pages."""
    page = chance.randrange(PAGES)
    url = f"https://{domain}/{_SECTIONS[page % len(_SECTIONS)]}/page-{page}"
    if chance.random() < _CAMPAIGNS:
        campaign = chance.randrange(50)
        url += f"?utm_source=letter-{campaign % 5}&utm_medium=email&utm_campaign=no-{campaign}"
    event = {"n": "pageview", "u": url, "d": domain, "w": visitor.viewport_width}
    if chance.random() < _REFERRERS:
        event["r"] = chance.choice(_REFERRING)
    return Hit(visitor, event)


def ping(of: Hit, chance: Random) -> Hit:
    """Return the engagement ping of a page view."""
    page = {name: of.event[name] for name in ("u", "d", "w")}
    scrolled = chance.randrange(101)
    return Hit(of.visitor, {"n": "engagement", **page, "e": ENGAGED, "sd": scrolled})


def headers(visitor: Visitor) -> dict[str, str]:
    """Return the headers that say something about a visitor, as a proxy passes them on."""
    return {
        "x-forwarded-for": visitor.address,
        "user-agent": visitor.user_agent,
        "accept-language": visitor.accept_language,
        "content-type": "text/plain",
    }


def request(hit: Hit) -> bytes:
    """Return a hit as one HTTP/1.1 request.

    A browser's dozen other headers are not there; they would slow every server down.
    """
    return _post("/api/event", headers(hit.visitor), orjson.dumps(hit.event))


def batch(hits: Iterable[Hit], key: str, time: int) -> bytes:
    """Return hits of a second (since 1970) as a server sends many, in one HTTP/1.1 request."""
    head = {"authorization": f"Bearer {key}", "content-type": "application/x-ndjson"}
    return _post("/api/events", head, b"\n".join(_line(hit, time) for hit in hits))


def _line(hit: Hit, time: int) -> bytes:
    visitor, event = hit
    sender = {
        "ip": visitor.address,
        "user_agent": visitor.user_agent,
        "accept_language": visitor.accept_language,
        "time": time,
    }
    return orjson.dumps(event | sender)


def _post(path: str, head: dict[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
