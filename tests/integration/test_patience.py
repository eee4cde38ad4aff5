"""R3: a connection on which a request does not come to its end is ended, and no other is."""

import pytest
from listening import Listening, get, post

from ingest.receive.patience import Patience


@pytest.fixture(scope="module")
def listening():
    with Listening() as server:
        yield server


@pytest.fixture
def look(listening):
    """Have the server look at its connections, as it does every half a minute."""
    patience = Patience()

    def look():
        done = []
        listening.loop.call_soon_threadsafe(
            lambda: done.append(patience.look(listening.server.server_state.connections))
        )
        listening.until(lambda: done)

    return look


HALVES = {
    "nothing": b"",
    "half a line": b"POST /api/ev",
    "half a head": b"POST /api/event HTTP/1.1\r\nHost: x\r\nUser-Ag",
    "half a body": post()[:-5],
    "half a body by ASGI": b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n12",
    "half of a second head": post() + b"POST /api/event HTTP/1.1\r\nHost: x\r\n",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_a_request_that_never_comes_ends_its_connection(listening, look, half):
    count = len(listening.server.server_state.connections)
    with listening.connect() as line:
        line.send(half)
        if half.startswith(post()):
            assert line.answer()[0] == 202
        listening.until(lambda: len(listening.server.server_state.connections) > count)
        listening.until(lambda: coming(listening))
        look()
        look()
        assert line.is_closed()


def coming(listening):
    return [each for each in listening.server.server_state.connections if each.coming is not None]


def test_a_slow_request_that_comes_is_answered(listening, look):
    with listening.connect() as line:
        line.send(post()[:-5])
        listening.until(lambda: coming(listening))
        look()
        line.send(post()[-5:])
        assert line.answer()[0] == 202
        line.send(post()[:40])
        listening.until(lambda: coming(listening))
        look()
        line.send(post()[40:])
        assert line.answer()[0] == 202


def test_a_connection_that_waits_for_its_answer_or_for_nothing_lives_on(listening, look):
    with listening.connect() as waiting, listening.connect() as idle:
        listening.holds = True
        waiting.send(post())
        listening.until(lambda: listening.held)
        listening.holds = False
        idle.send(post())
        assert idle.answer()[0] == 202
        look()
        look()
        look()
        listening.tell(-1)
        assert waiting.answer()[0] == 202
        idle.send(post(), get("/next"))
        assert idle.answer()[0] == 202
        assert idle.answer()[0] == 200


def test_hits_that_came_before_are_answered_before_the_end(listening, look):
    with listening.connect() as line:
        listening.holds = True
        line.send(post() + post()[:-5])
        listening.until(lambda: listening.held)
        listening.holds = False
        listening.until(lambda: coming(listening))
        look()
        look()
        listening.tell(-1)
        assert line.answer()[0] == 202
        assert line.is_closed()
