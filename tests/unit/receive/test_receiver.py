import asyncio
import logging

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.browser import read_browser
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import EVENT_PATH, PATHS, PIXEL_PATH, Receiver
from ingest.store.drops import DropReason

EVENT = {"n": "pageview", "u": "https://example.com/a", "d": "example.com"}
PIXEL = b"d=example.com&u=https://example.com/a"
SECRET = "jane.doe@example.org"


class Receiving:
    """A receiver whose hits go no further, and its answers to ASGI requests."""

    def __init__(self, outcome=None):
        self.hits = []
        self._outcome = outcome
        self._receiver = Receiver(Proxies(["127.0.0.1/32"]), self._collect)

    async def _collect(self, hit):
        self.hits.append(hit)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def request(self, method, path, *chunks, query=b"", headers=(), ends_early=False):
        """Send a request whose body comes in chunks; return status, headers and body."""
        bodies = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        last = {"type": "http.disconnect"} if ends_early else {"type": "http.request"}
        coming, sent = iter([*bodies, last]), []

        async def receive():
            return next(coming)

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": query}
        scope |= {"headers": list(headers), "client": ("203.0.113.77", 51234)}
        asyncio.run(self._receiver(scope, receive, send))
        start, body = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        assert told["content-length"] == str(len(body["body"]))
        assert told["access-control-allow-origin"] == "*"
        assert not told.keys() & {"set-cookie", "etag", "accept-ch"}
        return start["status"], told, body["body"]

    def post(self, *chunks, **more):
        return self.request("POST", EVENT_PATH, *chunks, **more)


@pytest.fixture
def receiving():
    return Receiving()


@pytest.mark.parametrize("kind", [b"application/json", b"text/plain", b"text/plain;charset=UTF-8"])
def test_an_event_is_accepted_whatever_its_type_is_called(receiving, kind):
    status, headers, body = receiving.post(
        orjson.dumps(EVENT), headers=[(b"content-type", kind), (b"user-agent", b"Mozilla/5.0")]
    )
    assert (status, body) == (202, b"ok")
    assert "x-footfall-dropped" not in headers
    (hit,) = receiving.hits
    assert (hit.name, hit.url, hit.domains) == ("pageview", EVENT["u"], ("example.com",))
    assert hit.address == "203.0.113.77"
    assert hit.browser is read_browser("Mozilla/5.0", "", "", "", "")


def test_a_body_may_come_in_pieces(receiving):
    body = orjson.dumps(EVENT)
    assert receiving.post(body[:9], b"", body[9:])[0] == 202


@pytest.mark.parametrize("reason", list(DropReason))
def test_a_drop_is_accepted_and_told(reason):
    status, headers, _ = Receiving(reason).post(orjson.dumps(EVENT))
    assert (status, headers["x-footfall-dropped"]) == (202, reason.value)
    assert headers["access-control-expose-headers"] == "x-footfall-dropped"
    status, headers, _ = Receiving(reason).request("GET", PIXEL_PATH, query=PIXEL)
    assert (status, headers["x-footfall-dropped"]) == (200, reason.value)


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        ([orjson.dumps(EVENT).ljust(16_384)], 202),
        ([orjson.dumps(EVENT).ljust(16_385)], 413),
        ([b" " * 9_000, orjson.dumps(EVENT).ljust(9_000)], 413),
        ([b" "] * 16_385, 413),
    ],
)
def test_a_body_over_16_kib_is_too_large(receiving, chunks, status):
    assert receiving.post(*chunks)[0] == status
    assert len(receiving.hits) == (status == 202)


def test_a_body_that_ends_early_is_no_hit(receiving):
    assert receiving.post(orjson.dumps(EVENT), ends_early=True)[0] == 400
    assert not receiving.hits


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_browser_may_ask_first(receiving, path):
    status, headers, body = receiving.request("OPTIONS", path)
    assert (status, body) == (204, b"")
    assert "POST" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "content-type"
    assert int(headers["access-control-max-age"]) > 0


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", EVENT_PATH), ("PUT", EVENT_PATH), ("DELETE", EVENT_PATH), ("POST", PIXEL_PATH)],
)
def test_other_methods_are_not_allowed(receiving, method, path):
    status, headers, body = receiving.request(method, path, orjson.dumps(EVENT), query=PIXEL)
    assert (status, headers["content-type"]) == (405, "application/problem+json")
    assert orjson.loads(body)["status"] == 405
    assert not receiving.hits


def test_a_pixel_is_a_gif_that_no_cache_keeps(receiving):
    status, headers, body = receiving.request("GET", PIXEL_PATH, query=PIXEL)
    assert (status, headers["content-type"]) == (200, "image/gif")
    assert headers["cache-control"] == "no-store"
    assert body.startswith(b"GIF89a")
    assert receiving.hits[0].name == "pageview"


def test_a_query_string_over_16_kib_is_too_long(receiving):
    status, _, _ = receiving.request("GET", PIXEL_PATH, query=PIXEL.ljust(16_385, b"&"))
    assert status == 414


def test_a_wrong_field_is_a_problem(receiving):
    status, headers, body = receiving.post(orjson.dumps(EVENT | {"u": SECRET}))
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert orjson.loads(body)["error"].startswith("u (url): ")
    assert SECRET.encode() not in body


def test_a_bug_is_told_without_what_the_visitor_sent(caplog):
    with caplog.at_level(logging.DEBUG):
        status, headers, body = Receiving(ValueError(SECRET)).post(orjson.dumps(EVENT))
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert orjson.loads(body)["error"] == "the hit was not counted"
    assert "ValueError in test_receiver.py" in caplog.text
    assert SECRET not in caplog.text + body.decode()


HEADER_NAMES = st.sampled_from([b"user-agent", b"accept-language", b"x-forwarded-for", b"dnt"])
HEADERS = st.lists(st.tuples(HEADER_NAMES, st.binary(max_size=40)), max_size=4)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=3), HEADERS)
def test_r3_any_body_is_answered(chunks, headers):
    assert Receiving().post(*chunks, headers=headers)[0] < 500


@settings(deadline=None)
@given(st.binary(max_size=300), HEADERS)
def test_r3_any_query_is_answered(query, headers):
    receiving = Receiving()
    assert receiving.request("GET", PIXEL_PATH, query=query, headers=headers)[0] < 500
    assert receiving.request("GET", PIXEL_PATH, query=PIXEL + b"&" + query)[0] < 500
