"""Canaries: identifiers that nobody else has, planted wherever a request could carry one."""

import secrets
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from ingest.prove.control import KEY_MARK
from ingest.settings import Site

_VISITORS = 3
"""Fewer than make a crowd, so that a free text of theirs is never told."""
_WORDS = [
    "amber",
    "bread",
    "cedar",
    "dusk",
    "ember",
    "fern",
    "grove",
    "harbor",
    "iris",
    "juniper",
    "lantern",
    "meadow",
]
CONTROL = "/footfall-proves-itself"
"""A page that is stored, so that a search which does not find it is no search."""


class Canary(NamedTuple):
    """A planted identifier."""

    channel: str
    """Where it was planted."""
    texts: tuple[str, ...]
    """As planted, by one visitor each; or the part of it that is nobody else's."""
    rests_in_memory: bool = False
    """Whether the handover file in RAM may hold it: free text waits there for its crowd."""


class Visitor(NamedTuple):
    """What one of the planting visitors sends."""

    headers: dict[str, str]
    event: dict[str, Any]
    batched: dict[str, Any]
    """The same as an event of a batch."""


class Planting(NamedTuple):
    """All canaries, and the requests that carry them."""

    canaries: list[Canary]
    visitors: list[Visitor]


def plant(site: Site) -> Planting:
    """Return new canaries, and visitors of the site who carry them."""
    names = _Names()
    visitors = [_visitor(site, names, number) for number in range(_VISITORS)]
    waiting = ("property", "utm_content", "utm_term")
    kept = waiting if site.k <= _VISITORS else ()  # so small a crowd has told them
    key = Canary("the key of the day", (KEY_MARK.decode(),), rests_in_memory=True)
    sent = [
        Canary(channel, tuple(texts), channel in waiting)
        for channel, texts in names.made.items()
        if channel not in kept
    ]
    return Planting([key, *sent], visitors)


class _Names:
    """Makes canaries and remembers them by channel."""

    def __init__(self) -> None:
        self.made: dict[str, list[str]] = {}

    def new(self, channel: str, text: str = "") -> str:
        """Return a new canary: 24 hexadecimal digits, or `text`."""
        canary = text or secrets.token_hex(12)
        self.made.setdefault(channel, []).append(canary)
        return canary


def _visitor(site: Site, names: _Names, number: int) -> Visitor:
    new = names.new
    address = _address(number)
    new("address (X-Forwarded-For)", address)
    agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 {new('user agent')}"
    language = f"fr-FR,fr;q=0.9,x-{new('language tail')};q=0.5"
    headers = {
        "user-agent": agent,
        "accept-language": language,
        "content-type": "text/plain",
        "x-forwarded-for": f"{new('address before the proxy', _address(9))}, {address}",
        "forwarded": f'for="[{new("address (Forwarded)", _address_6())}]";by={new("forwarded by")}',
        "x-real-ip": new("address (X-Real-IP)", _address(8)),
        "sec-ch-ua": f'"Chromium";v="141", "{new("client hints: brand")}";v="24"',
        "sec-ch-ua-full-version-list": f'"Chromium";v="{new("client hints: version")}"',
        "sec-ch-ua-model": f'"{new("client hints: model")}"',
        "cookie": f"session={new('cookie')}",
        "referer": f"https://{site.domain}/{new('Referer header')}",
        "x-request-id": new("any other header"),
    }
    return Visitor(headers, _event(site, names), _event(site, names) | _batched(names, number))


def _event(site: Site, names: _Names) -> dict[str, Any]:
    new = names.new
    url = (
        f"https://{new('URL: user')}@{site.domain}{CONTROL}/{new('URL: token in the path')}/"
        f"{new('URL: e-mail in the path', _mail())}?session={new('URL: query')}"
        f"&gclid={new('URL: click number')}&utm_content={new('utm_content', _words())}"
        f"&utm_term={new('utm_term', _words())}&utm_id={new('utm_id')}#{new('URL: fragment')}"
    )
    referrer = f"https://{new('referrer: user')}@news.example/{new('referrer: path')}"
    return {
        "n": "pageview",
        "u": url,
        "d": site.domain,
        "r": f"{referrer}?q={new('referrer: query')}#{new('referrer: fragment')}",
        "p": {"account": new("property", _words())},
        "userId": new("unknown field"),
    }


def _batched(names: _Names, number: int) -> dict[str, Any]:
    new = names.new
    return {
        "ip": new("address in a batch", _address(number + 4)),
        "user_agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 {new('user agent in a batch')}",
        "accept_language": f"fr-FR,x-{new('language tail in a batch')};q=0.5",
    }


def _address(network: int) -> str:
    """Return an address of a provider's, no number of which is 0 or 1, as databases are full of."""
    return f"90.{17 + network}.{secrets.randbelow(200) + 20}.{secrets.randbelow(200) + 20}"


def _address_6() -> str:
    return str(ip_address(0x2A01_0E0A << 96 | secrets.randbits(88) | 1 << 88))


def _words() -> str:
    """Return a text that looks like nobody's, so that only its crowd keeps it back."""
    return "-".join(secrets.choice(_WORDS) for _ in range(6))


def _mail() -> str:
    return f"{secrets.token_hex(6)}@mail.example"


def bad_requests(visitor: Visitor, key: str, site: Site) -> Iterator[Mapping[str, Any]]:
    """Yield requests that are wrong in some way, each with method, target, headers and body."""
    whole = repr(visitor.event).encode()
    post: dict[str, Any] = {"method": "POST", "target": "/api/event", "headers": visitor.headers}
    yield post | {"body": b"{" + whole}
    yield post | {"body": b"\xff" + whole}
    yield post | {"body": whole * 50}
    yield post | {"body": b'{"n": "pageview", "u": "not-a-page:' + whole.replace(b'"', b"") + b'"}'}
    yield post | {"target": "/api/events", "body": whole}
    yield post | {"target": f"/{visitor.event['userId']}", "body": whole}
    yield {"method": "GET", "target": f"/pixel.gif?u={visitor.event['userId']}"} | {
        "headers": visitor.headers
    }
    for secret in (key, visitor.event["userId"]):
        query = (
            f"/api/v2/query?site_id={site.domain}&metrics=visits&date_range=nonsense&key={secret}"
        )
        yield {"method": "GET", "target": query, "headers": {}}
