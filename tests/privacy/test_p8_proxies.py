"""P8: only configured proxies are believed, on every route by which hits come."""

import asyncio

import orjson
import pytest

from ingest.receive.protocol import bind
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import Receiver
from tests.integration.listening import EVENT, Listening, post

VISITOR, LIAR = "90.1.7.8", "203.0.113.66"
FORWARDED = [
    {"x-forwarded-for": VISITOR},
    {"forwarded": f'for="{VISITOR}"'},
    {"x-forwarded-for": f"{LIAR}, {VISITOR}"},
]
NOT_BELIEVED = ["x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-cluster-ip"]


def by_asgi(path, peer, headers, proxies):
    """The address of a hit that comes by the ASGI application."""
    taken = []

    async def collect(raw):
        taken.append(raw)

    async def receive():
        return {
            "type": "http.request",
            "body": orjson.dumps(EVENT) if path == "/api/event" else b"",
        }

    async def send(_):
        pass

    scope = {"type": "http", "method": "POST" if path == "/api/event" else "GET", "path": path}
    scope |= {"query_string": b"u=https://example.com/&d=example.com", "client": (peer, 1)}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(Receiver(Proxies(proxies), collect)(scope, receive, send))
    return taken[0].address


@pytest.mark.parametrize("path", ["/api/event", "/pixel.gif"])
@pytest.mark.parametrize("headers", FORWARDED, ids=str)
def test_a_proxy_is_believed_and_nobody_else(path, headers):
    assert by_asgi(path, "10.0.0.1", headers, ["10.0.0.0/8"]) == VISITOR
    assert by_asgi(path, LIAR, headers, ["10.0.0.0/8"]) == LIAR
    assert by_asgi(path, "10.0.0.1", headers, []) == "10.0.0.1"


@pytest.mark.parametrize("name", NOT_BELIEVED)
def test_other_headers_about_addresses_are_not_believed(name):
    assert by_asgi("/api/event", "10.0.0.1", {name: VISITOR}, ["10.0.0.0/8"]) == "10.0.0.1"


@pytest.mark.parametrize("headers", FORWARDED, ids=str)
@pytest.mark.parametrize(
    ("trusted", "address"), [("127.0.0.1/32", VISITOR), ("10.0.0.0/8", "127.0.0.1")]
)
def test_over_a_connection_the_same_holds(headers, trusted, address):
    with Listening() as server:
        server.server.config.http_protocol_class = bind(Proxies([trusted]), server._take)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        assert server.ask(post(headers=lines))[0] == 202
        assert [hit.address for hit in server.hits] == [address]
