"""The protocol of the hot path, over real sockets: what HTTP asks, and the same as ASGI answers."""

import logging
import socket
from http import HTTPStatus
from select import select

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import EVENT, Listening, get, post

from ingest.anonymize.browser import read_browser
from ingest.receive.problem import Problem
from ingest.store.drops import DropReason

SECRET = "jane.doe@example.org"
FULL = HTTPStatus.SERVICE_UNAVAILABLE
CHUNKED = b"POST /api/event HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY = orjson.dumps(EVENT)


@pytest.fixture
def listening():
    with Listening() as it:
        yield it


def statuses(line, count):
    return [line.answer()[0] for _ in range(count)]


def pages(listening):
    return [hit.url.rpartition("/")[2] for hit in listening.hits]


def test_hits_share_a_connection(listening):
    with listening.connect() as line:
        for page in "abc":
            line.send(post({"u": f"https://example.com/{page}"}))
            status, headers, body = line.answer()
            assert (status, body) == (202, b"ok")
            assert headers == {
                "content-type": "text/plain; charset=utf-8",
                "access-control-allow-origin": "*",
                "content-length": "2",
            }
    assert pages(listening) == ["a", "b", "c"]


def test_what_the_headers_say_of_the_sender_is_read(listening):
    named = "User-Agent: Mozilla/5.0\r\nACCEPT-LANGUAGE: fr\r\nx-forwarded-for: 203.0.113.7\r\n"
    listening.ask(post(headers=named))
    (hit,) = listening.hits
    assert hit.address == "203.0.113.7"
    assert hit.browser is read_browser("Mozilla/5.0", "fr", "", "", "")


def test_a_trailer_is_no_header(listening):
    body = b"%x\r\n%b\r\n0\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n" % (len(BODY), BODY)
    assert listening.ask(CHUNKED + body)[0] == 202
    assert listening.hits[0].address == "127.0.0.1"


def test_pipelined_hits_are_answered_in_order(listening):
    listening.holds = True
    with listening.connect() as line:
        line.send(b"".join(post({"u": f"https://example.com/{page}"}) for page in "abc"))
        listening.until(lambda: len(listening.held) == 3)
        listening.tell(2, DropReason.ROBOT)
        listening.tell(1, Problem(FULL, "full", 30))
        listening.tell(0)
        answers = [line.answer() for _ in "abc"]
    assert [status for status, _, _ in answers] == [202, 503, 202]
    assert answers[1][1]["retry-after"] == "30"
    assert answers[2][1]["x-footfall-dropped"] == "robot"
    assert pages(listening) == ["a", "b", "c"]


def test_a_request_by_asgi_waits_for_the_hits_before_it_and_hits_wait_for_it(listening):
    listening.holds = True
    with listening.connect() as line:
        line.send(post() + get("/after") + get("/slow") + post({"n": ""}) + post())
        listening.until(lambda: len(listening.held) == 1)
        listening.tell_all()
        assert statuses(line, 1) == [202]
        assert line.answer()[2] == b"/after"
        listening.is_slow_done.set()
        assert line.answer()[2] == b"/slow"
        assert statuses(line, 2) == [400, 202]
        line.send(post())
        assert statuses(line, 1) == [202]


def test_a_body_of_another_route_comes_through(listening):
    body = b"x" * 200_000
    with listening.connect() as line:
        line.send(post() + post(body=body, target="/elsewhere") + post())
        assert statuses(line, 3) == [202, 200, 202]


def test_a_request_may_come_byte_by_byte(listening):
    whole = post(headers="User-Agent: Mozilla/5.0\r\n")
    assert listening.ask(*(whole[at : at + 1] for at in range(len(whole))))[0] == 202
    assert listening.hits[0].browser is read_browser("Mozilla/5.0", "", "", "", "")


def test_a_body_may_come_in_chunks(listening):
    middle = len(BODY) // 2
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:middle], BODY[middle:])]
    assert listening.ask(CHUNKED, *chunks, b"0\r\n\r\n")[0] == 202
    assert len(listening.hits) == 1


def test_who_waits_to_be_told_to_send_is_told(listening):
    request = post(headers="Expect: 100-continue\r\n")
    with listening.connect() as line:
        line.send(request[: -len(BODY)])
        assert line.answer()[0] == 100
        line.send(BODY)
        assert line.answer()[0] == 202
        line.send(post())
        assert line.answer()[0] == 202


@pytest.mark.parametrize(
    "request_",
    [
        post(body=BODY.ljust(16_385)),
        CHUNKED + b"1000\r\n%b\r\n" % (b" " * 4096) * 5 + b"0\r\n\r\n",
    ],
)
def test_a_body_over_16_kib_is_too_large_and_the_connection_lives_on(listening, request_):
    with listening.connect() as line:
        line.send(request_ + post(body=BODY.ljust(16_384)))
        assert statuses(line, 2) == [413, 202]
    assert len(listening.hits) == 1


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01 no HTTP\r\n\r\n", CHUNKED + b"no size\r\n"])
def test_what_is_no_http_is_refused_after_the_hits_before_it(listening, garbage):
    listening.holds = True
    with listening.connect() as line:
        line.send(post() + garbage)
        listening.until(lambda: listening.held)
        listening.tell_all()
        assert statuses(line, 2) == [202, 400]
        assert line.is_closed()
    assert listening.ask(garbage)[0] == 400
    assert listening.ask(post())[0] == 202


@pytest.mark.parametrize("target", ["/api/event", "/elsewhere"])
@pytest.mark.parametrize("line", [b"x", b"x\r\nX: "])
def test_endless_headers_are_refused(listening, target, line):
    with listening.connect() as endless:
        endless.send(f"POST {target} HTTP/1.1\r\nX: ".encode())
        while not select([endless.socket], [], [], 0.01)[0]:
            endless.send(line * (8_000 // len(line)))
        assert endless.answer()[0] == 431
        assert endless.is_closed()
    assert listening.ask(post())[0] == 202


def test_many_pipelined_hits_that_are_cut_anywhere_are_all_answered(listening):
    whole = post() * 5_000
    with listening.connect() as line:
        for start in range(0, len(whole), 99_991):
            line.send(whole[start : start + 99_991])
        assert statuses(line, 5_000) == [202] * 5_000
    assert len(listening.hits) == 5_000


def test_who_is_owed_many_answers_is_not_read_further(listening):
    listening.holds = True
    with listening.connect() as line:
        sent = line.send_until_full(post() * 1_000)
        assert len(listening.hits) * len(post()) < 400_000 < sent
        listening.tell_all()
        listening.until(lambda: len(listening.hits) == sent // len(post()))
        assert statuses(line, len(listening.hits)) == [202] * len(listening.hits)


def test_who_does_not_read_the_answers_is_not_read_further():
    with Listening(buffer=4_096) as listening, listening.connect(buffer=4_096) as line:
        sent = line.send_until_full(post() * 1_000)
        assert len(listening.hits) < sent // len(post())
        assert statuses(line, sent // len(post())) == [202] * (sent // len(post()))


def test_a_long_answer_by_asgi_is_read_to_its_end(listening):
    with listening.connect() as line:
        line.send(post() + get("/big") + post())
        assert statuses(line, 1) == [202]
        assert len(line.answer()[2]) == 5_000_000
        assert statuses(line, 1) == [202]


@pytest.mark.parametrize("linger", [False, True])
def test_who_leaves_before_the_answer_troubles_nobody(listening, linger, caplog):
    listening.holds = True
    line = listening.connect()
    line.send(post() * 2)
    listening.until(lambda: len(listening.held) == 2)
    if linger:  # leave with a reset
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.close()
    listening.until(lambda: not listening.server.server_state.connections)
    listening.tell_all()
    assert listening.ask(post())[0] == 202
    assert not caplog.text


def test_who_leaves_with_a_request_by_asgi_open_troubles_nobody(listening, caplog):
    listening.holds = True
    with listening.connect() as line:
        line.send(post() + get("/after"))
        listening.until(lambda: listening.held)
    listening.tell_all()
    listening.until(lambda: not listening.server.server_state.connections)
    assert not caplog.text


def test_who_leaves_within_a_body_has_sent_no_hit(listening):
    with listening.connect() as line:
        line.send(post()[:-5])
    listening.until(lambda: not listening.server.server_state.connections)
    assert not listening.hits


def test_a_stop_answers_what_has_begun_and_closes(listening):
    listening.holds = True
    idle, waiting, half, mixed = (listening.connect() for _ in range(4))
    waiting.send(post())
    half.send(post()[:-5])
    mixed.send(post() + get("/after"))
    listening.until(lambda: len(listening.held) == 2)
    listening.until(lambda: len(listening.server.server_state.connections) == 4)
    listening.stop()
    assert idle.is_closed()
    half.send(post()[-5:])
    listening.until(lambda: len(listening.held) == 3)
    listening.tell_all()
    for line in (waiting, half):
        status, headers, _ = line.answer()
        assert (status, headers["connection"]) == (202, "close")
        assert line.is_closed()
    assert "connection" not in mixed.answer()[1]
    assert mixed.answer()[1]["connection"] == "close"
    for line in (idle, waiting, half, mixed):
        line.close()


def test_an_idle_connection_is_closed_and_a_waiting_one_is_not():
    with Listening(timeout_keep_alive=0.3) as listening:
        for requests in (post(), post() * 3, get("/"), get("/") + post(), post() + get("/")):
            with listening.connect() as line:
                line.send(requests)
                statuses(line, requests.count(b"HTTP/1.1"))
                assert line.is_closed()
        listening.holds = True
        with listening.connect() as line:
            line.send(post())
            listening.until(lambda: len(listening.held) == 1)
            line.socket.settimeout(1)
            with pytest.raises(TimeoutError):
                line.socket.recv(1)
            listening.tell_all()


@pytest.mark.parametrize("ending", ["Connection: close\r\n", "Connection: keep-alive, close\r\n"])
def test_a_connection_that_is_to_end_ends(listening, ending):
    with listening.connect() as line:
        line.send(post() + post(headers=ending))
        assert "connection" not in line.answer()[1]
        assert line.answer()[1]["connection"] == "close"
        assert line.is_closed()


@pytest.mark.parametrize("outcome", [ValueError(SECRET), Problem(FULL, "full", 30)])
def test_what_goes_wrong_is_answered_and_never_repeats_what_was_sent(outcome, caplog):
    with Listening(outcome=outcome) as listening, caplog.at_level(logging.DEBUG, "footfall"):
        status, _, body = listening.ask(post())
        assert status == (FULL if isinstance(outcome, Problem) else 500)
        assert ("ValueError in listening.py" in caplog.text) == (status == 500)
        assert SECRET not in caplog.text + body.decode()


# The same, whichever way a request comes in


@pytest.fixture(
    scope="module", params=[None, DropReason.ROBOT, ValueError(), Problem(FULL, "x", 9)]
)
def both(request):
    by_protocol = Listening(outcome=request.param)
    with by_protocol, Listening(outcome=request.param, by_asgi=True) as by_asgi:
        yield by_protocol, by_asgi


def assert_same(both, request):
    by_protocol, by_asgi = both
    assert by_protocol.ask(request) == by_asgi.ask(request)
    assert by_protocol.hits == by_asgi.hits


@pytest.mark.parametrize(
    "request_",
    [
        post(),
        post(headers="Connection: close\r\n"),
        post(headers="Connection: upgrade\r\nUpgrade: websocket\r\n"),
        post(headers="Content-Length: 5\r\n"),
        post(headers="X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 203.0.113.8\r\n"),
        post(target="/api/event?x=1"),
        post(target="http://x/api/event"),
        post(target="/api/event/"),
        post(target="/api/%65vent"),
        post(target="//api/event"),
        post(body=b""),
        post(body=b"[]"),
        post(body=BODY.ljust(16_384)),
        post(body=BODY.ljust(16_385)),
        post().replace(b"HTTP/1.1", b"HTTP/1.0"),
        post(headers="Connection: keep-alive\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"),
        post().replace(b"POST", b"PUT"),
        post().replace(b"POST", b"OPTIONS"),
        post().replace(b"POST", b"post"),
        get("/api/event"),
        get("/pixel.gif?d=example.com&u=https://example.com/a"),
        get("/elsewhere"),
        CHUNKED + b"0\r\n\r\n",
        b"no HTTP\r\n\r\n",
    ],
)
def test_both_ways_answer_the_same(both, request_):
    assert_same(both, request_)


NAMES = st.sampled_from(["User-Agent", "accept-language", "DNT", "Sec-GPC", "X-Forwarded-For"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
FIELDS = st.dictionaries(st.sampled_from([*"nudrphiwe", "sd", "name"]), VALUES, max_size=5)


@settings(deadline=None, max_examples=60)
@given(FIELDS | st.binary(max_size=60), st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_both_ways_answer_any_event_the_same(both, event, headers):
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    body = event if isinstance(event, bytes) else orjson.dumps(EVENT | event)
    assert_same(both, post(body=body, headers=lines))
