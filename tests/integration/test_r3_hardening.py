"""R3: any bytes to any route get an answer below 500, and floods and slow clients stay bounded."""

import socket
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import Listening, post
from server import BROWSER, KEY, Server

from ingest.anonymize.browser import read_browser
from ingest.collection import open_places
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.sender import Sender
from ingest.settings import Geo, Settings, Site
from ingest.store.dimensions import PROP_NAMES_CAP
from ingest.visit.keys import Keyring

ROUTES = ("/api/event", "/api/events", "/pixel.gif", "/api/v2/query", "/health/live", "/", "/docs")
ROUTES += ("/api/v2/realtime", "/sample/", "/js/footfall.js", "/metrics", "/embed", "/nowhere")
EVENT = {"n": "pageview", "u": "https://example.com/", "d": "example.com"}
FIREFOX = BROWSER["user-agent"]
CAP, FLOOD = 20, 400
SLOW = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("r3") / "data") as server:
        yield server
        assert server.is_up()


def ask(server, data):
    """Send bytes and close the way out; return all that is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
        return answer


def statuses(answer):
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


# Any bytes


@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH"]),
    st.sampled_from(ROUTES),
    st.binary(max_size=20),
    st.binary(max_size=200),
)
@settings(max_examples=120)
def test_any_bytes_to_any_route_are_answered_below_500(server, method, route, query, body):
    target = route.encode() + b"?" + query.hex().encode() + query.translate(None, b" \r\n#\0")
    head = b"%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    found = statuses(ask(server, head % (method.encode(), target, len(body)) + body))
    assert found
    assert max(found) < 500


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_what_is_no_http_is_refused(server, data):
    assert set(statuses(ask(server, data))) <= {400}


# Smuggling: whatever a proxy may have taken for one request is never two here.

SECOND = post({"u": "https://example.com/smuggled"})
BODY = orjson.dumps(EVENT)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
SMUGGLING = {
    "both lengths": (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", CHUNKED),
    "chunked first": (b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", CHUNKED),
    "two lengths": (b"Content-Length: 4\r\nContent-Length: %d\r\n" % len(BODY), BODY),
    "a list of lengths": (b"Content-Length: 4, %d\r\n" % len(BODY), BODY),
    "a negative length": (b"Content-Length: -1\r\n", BODY),
    "a signed length": (b"Content-Length: +%d\r\n" % len(BODY), BODY),
    "a hexadecimal length": (b"Content-Length: 0x10\r\n", BODY),
    "a space in a name": (b"Content-Length : %d\r\n" % len(BODY), BODY),
    "an unknown coding": (b"Transfer-Encoding: xchunked\r\n", CHUNKED),
    "chunked is not last": (b"Transfer-Encoding: chunked, identity\r\n", CHUNKED),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKED),
    "a folded line": (b"Transfer-Encoding:\r\n chunked\r\n", CHUNKED),
    "a null in a value": (b"X: a\0b\r\nContent-Length: %d\r\n" % len(BODY), BODY),
    "a bare return": (b"X: a\rContent-Length: 4\r\nContent-Length: %d\r\n" % len(BODY), BODY),
    "a chunk too long": (b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n" + BODY),
    "a chunk of no size": (b"Transfer-Encoding: chunked\r\n", b"zz\r\n" + BODY),
}


@pytest.mark.parametrize("case", SMUGGLING.values(), ids=SMUGGLING)
def test_a_request_of_two_minds_is_one_or_none(case):
    lines, body = case
    head = b"POST /api/event HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n"
    with Listening() as listening, listening.connect() as line:
        line.send(head + body + SECOND)
        line.socket.shutdown(socket.SHUT_WR)
        answer = line._file.read()
        urls = [hit.url for hit in listening.hits]
    found = statuses(answer)
    # Either it is refused, and nothing after it is read, or it is plain where it ends.
    assert found == [400] or (
        urls == [EVENT["u"], "https://example.com/smuggled"] and found == [202] * 2
    )


@pytest.mark.parametrize(
    "mark", ["\r\nx-evil: 1", "\nx-evil: 1", "\u560d\u560ax-evil: 1", "%0d%0ax-evil: 1"]
)
def test_nothing_that_is_sent_becomes_a_header(server, mark):
    for event in (
        EVENT | {"d": mark},
        EVENT | {"n": mark},
        EVENT | {"u": mark},
        EVENT | {"r": mark},
    ):
        _, headers, _ = server.send(event)
        assert "x-evil" not in headers
    target = f"/pixel.gif?d={mark.encode().hex()}&u=https://example.com/%0d%0ax-evil:%201"
    _, headers, _ = server.request("GET", target, None, BROWSER)
    assert "x-evil" not in headers
    query = {"site_id": mark, "metrics": ["visits"], "date_range": mark}
    _, headers, _ = server.post("/api/v2/query", query, {"authorization": f"Bearer {KEY}"})
    assert "x-evil" not in headers


@pytest.mark.parametrize("route", ["/", "/docs", "/sample/", "/embed", "/opt-out"])
def test_a_page_says_what_it_may_load_and_who_may_frame_it(server, route):
    _, headers, _ = server.request("GET", route, None, {})
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    if route not in ("/embed", "/opt-out"):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


# Floods


def flood(number):
    """A hit in which everything is new."""
    text = "-".join("bcdfghklmn"[int(digit)] + "a" for digit in f"{number:04d}")
    query = "&".join(f"utm_{name}={text}" for name in ("source", "medium", "campaign", "content"))
    event = {
        "n": text,
        "u": f"https://{text}.example/{text}?{query}",
        "d": f"example.com,{text}.example",
    }
    event |= {"r": f"https://{text}.example/", "p": {f"{text}{each}": text for each in "xyz"}}
    browser = read_browser(f"{FIREFOX} {text}", "fr")
    return read_event(orjson.dumps(event), Sender(f"90.1.{number % 250}.7", browser, False, False))


def test_a_flood_of_distinct_values_meets_caps():
    names = ("page", "section", "hostname", "event", "goal", "channel", "source", "referrer")
    names += (
        "entry_page",
        "exit_page",
        *(f"utm_{each}" for each in ("source", "medium", "campaign")),
    )
    caps = dict.fromkeys(names, CAP)
    settings_ = Settings(sites=(Site("example.com", k=1),), caps=caps, waiting_cells=1_000)
    places = open_places(Geo())
    pipeline = Pipeline(settings_, places, Keyring())
    for number in range(FLOOD):
        pipeline.fold(pipeline.anonymize(flood(number), 1_795_000_000))
    memory = pipeline._memory
    places.close()
    [day] = memory.visits._days.values()
    dimensions = [*memory.symbols.names, *day.symbols._props]
    held = dict(zip(dimensions, day.symbols._counts, strict=True))
    assert max(held[name] for name in names) == CAP + 1  # one more is "(other)"
    assert held["page"] == held["event"] == CAP + 1
    assert sum(name.startswith("prop:") for name in held) == PROP_NAMES_CAP
    assert len(memory.crowd) <= 1_000
    assert pipeline.visits == FLOOD


def test_unknown_sites_are_one_kind_of_drop(server):
    for number in range(30):
        _, headers, _ = server.send(EVENT | {"d": f"unknown-{number}.example"})
        assert headers["x-footfall-dropped"] == "unknown_site"
    _, _, metrics = server.request("GET", "/metrics", None, {})
    assert metrics.count(b"unknown_site") == 1


def test_slow_clients_cost_little_and_hold_nobody_up(server):
    before = resident(server)
    with ExitStack() as lines:
        for _ in range(SLOW):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.sendall(
                b"POST /api/event HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n\r\n"
                + b"x" * 9_000
            )
        assert server.send(EVENT)[0] == 202
        # Embedded ClickHouse, in the same process, comes and goes by tens of megabytes.
        assert resident(server) - before < SLOW * 512 * 1024


def resident(server):
    """Bytes of memory of the server's process."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4_096
