"""The hot path's HTTP: answers events without an ASGI cycle, which costs more than a hit does.

uvicorn's own protocol speaks to every other route, and takes the events that are unusual (another
version of HTTP, a connection that ends, `Expect`, an ASGI answer still under way before them): the
ASGI `Receiver` answers those, from the same functions.

What of uvicorn this is built on: `on_message_begin` makes the scope that `on_headers_complete`
starts a cycle with, by `_start_asgi_task`; `cycle` is the last one begun, and `pipeline` holds
those that wait for an answer before theirs, the next one at its right end.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ingest.anonymize.raw_hit import RawHit
from ingest.receive.answer import Outcome, answer_event, encode
from ingest.receive.event import read_event
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import BODY_LIMIT, EVENT_PATH, too_large
from ingest.receive.sender import WANTED, read_sender
from ingest.store.drops import DropReason

Take = Callable[[RawHit, Callable[[Outcome], None]], None]

_TARGET = EVENT_PATH.encode()
_MOST_WAITING = 64
"""Answers that a connection may be owed before no more is read from it."""
_HEAD_LIMIT = 64 * 1024
"""Bytes of a request's head that may come after its first piece."""
_NO_REQUEST = "0.0"
"""What the parser takes for the version of HTTP before the first request."""
_FIRST_WORDS = 0.5
"""Seconds in which a new connection's first request arrives, though the process is to end."""
_KEPT = WANTED | {b"expect"}
"""Headers of an event that are looked at."""
_ANSWERS = {outcome: encode(answer_event(outcome)) for outcome in (None, *DropReason)}


class Intake(NamedTuple):
    """What a hit meets on its way in."""

    proxies: Proxies
    take: Take
    """Gets a raw hit, and a function that it calls with the hit's outcome once that is safe."""


class _Exchange(msgspec.Struct, eq=False):
    """A hit's place in the order of a connection's answers."""

    protocol: "EventProtocol"
    answer: bytes = b""

    def tell(self, outcome: Outcome) -> None:
        self.answer = _ANSWERS.get(outcome) or encode(answer_event(outcome))
        self.protocol.flush()


class EventProtocol(HttpToolsProtocol):
    """A connection. `bind` gives the class what its hits need."""

    intake: ClassVar[Intake]

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 (uvicorn's own)
        super().__init__(*arguments, **named)
        self._waiting: deque[_Exchange] = deque()
        """Hits whose answers are owed, in the order of their requests."""
        self._reading: _Exchange | None = None
        """The hit whose body is coming; the last of those waiting."""
        self._head: list[tuple[bytes, bytes]] = []
        self._body = b""
        self._keeps_all = True
        self._is_event = False
        self._is_in_head = False
        self._head_size = 0
        self._ends = False
        self._last_words: Callable[[], None] | None = None
        """How the connection ends, once no answer is owed any more."""
        self._idle_since: float | None = None

    # Reading

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        headers = self.headers
        super().data_received(data)
        if self._is_in_head and headers is self.headers:  # each message has a list of its own
            self._head_size += len(data)
            if self._head_size > _HEAD_LIMIT:
                self._end_with(self._refuse_head)

    def on_message_begin(self) -> None:
        """Begin a request. What ASGI needs is made when it is known to be needed."""
        self.url = b""
        self.headers = []
        self._is_in_head = True
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target; all of it comes before the headers."""
        self.url += url
        self._keeps_all = self.url != _TARGET

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, if anybody will look at it."""
        name = name.lower()
        if self._keeps_all or name in _KEPT:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Begin to read a hit's body, or an ASGI cycle."""
        self._is_in_head = False
        self._head, self.headers = self.headers, []  # a trailer is no header: no proxy has seen it
        self._is_event = self._is_plain_event()
        if not self._is_event:
            self._begin_cycle()
            return
        self._idle_since = None
        self._body = b""
        self._reading = _Exchange(self)
        self._waiting.append(self._reading)
        if len(self._waiting) > _MOST_WAITING:
            self.flow.pause_reading()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        if not self._is_event:
            super().on_body(body)
        elif self._reading:
            self._body += body
            if len(self._body) > BODY_LIMIT:
                self._finish().tell(too_large())

    def on_message_complete(self) -> None:
        """Hand a hit on."""
        if not self._is_event:
            super().on_message_complete()
        elif self._reading:
            body, headers = self._body, self._head
            exchange = self._finish()
            try:
                peer = self.client[0] if self.client else ""
                sender = read_sender(headers, peer, self.intake.proxies)
                self.intake.take(read_event(body, sender), exchange.tell)
            except Exception as error:  # noqa: BLE001 (a bug must not print what a visitor sent)
                exchange.tell(error)

    def _is_plain_event(self) -> bool:
        parser = self.parser
        return (
            self.url == _TARGET
            and parser.get_method() == b"POST"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self._expects()
            and not self._has_cycle()
            and parser.get_http_version() == "1.1"
        )

    def _expects(self) -> bool:
        for name, value in self._head:
            if name == b"expect" and value.lower() == b"100-continue":
                return True
        return False

    def _finish(self) -> _Exchange:
        """Read no more of a hit's request, and keep nothing of it."""
        exchange, self._reading = self._reading, None
        self._body = b""
        self._head = []
        assert exchange  # noqa: S101
        return exchange

    # Answering

    def flush(self) -> None:
        """Write the answers whose turn it is."""
        if self.transport.is_closing():
            return
        waiting = self._waiting
        while waiting and waiting[0].answer:
            answer = waiting.popleft().answer
            if self._ends and not (waiting or self.pipeline or self._last_words):
                answer = answer.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
            self.transport.write(answer)
            self.server_state.total_requests += 1
        if not waiting:
            self._rest()
        elif len(waiting) <= _MOST_WAITING and not self.flow.write_paused and not self.pipeline:
            self.flow.resume_reading()

    def _rest(self) -> None:
        """Go on with what had to wait for the hits' answers, or wait for the next request."""
        if self._last_words:
            self._last_words()
        elif self.pipeline:
            super()._start_asgi_task(*self.pipeline.pop())
        elif self._ends:
            self.transport.close()
        else:
            if not self.flow.write_paused:
                self.flow.resume_reading()
            self._idle_since = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._look_again(self.timeout_keep_alive)

    def pause_writing(self) -> None:
        """Read no more hits from a client that does not read its answers."""
        super().pause_writing()
        if not self._has_cycle():
            self.flow.pause_reading()

    def resume_writing(self) -> None:
        """Read hits again."""
        super().resume_writing()
        if not self._has_cycle():
            self.flow.resume_reading()

    # What is uvicorn's

    def _has_cycle(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _begin_cycle(self) -> None:
        """Do what uvicorn does from the beginning of a message to the end of its headers."""
        url, headers = self.url, self._head
        super().on_message_begin()
        self.url, self.expect_100_continue = url, self._expects()
        self.headers.extend(headers)
        super().on_headers_complete()
        self._head, self.headers = [], []

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who asks for an upgrade is answered without one."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401
        """Start a cycle, after the answers that are owed before it."""
        if self._waiting:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, app))
        else:
            super()._start_asgi_task(cycle, app)

    # The end of a connection

    @property
    def coming(self) -> object | None:
        """What is on its way: a head, a body, or, after nothing at all, the first request."""
        if self._is_in_head:
            return self.headers
        if self.parser.get_http_version() == _NO_REQUEST:
            return self
        if self._has_cycle():
            return self.cycle if self.cycle.more_body else None
        return self._reading

    def give_up(self) -> None:
        """Wait no longer for what is on its way: answer what is owed before it, and close."""
        self._end_with(self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, after the answers that are owed before it."""
        self._end_with(partial(super().send_400_response, msg))

    def _refuse_head(self) -> None:
        problem = Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")
        self.transport.write(encode(answer_event(problem)))
        self.transport.close()

    def _end_with(self, last_words: Callable[[], None]) -> None:
        if self._reading:
            self._waiting.pop()  # it will never be whole
            self._finish()
        if self._waiting:
            self._last_words = last_words
            self.flow.pause_reading()
        else:
            last_words()

    def shutdown(self) -> None:
        """Answer what has begun, then close. A new connection's first request is on its way."""
        self._ends = True
        if self._idle_since is None and self.cycle is None and not self._waiting:
            self.loop.call_later(_FIRST_WORDS, self._shut_down)
        else:
            self._shut_down()

    def _shut_down(self) -> None:
        if not self.transport.is_closing() and (self._has_cycle() or not self._waiting):
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; its hits are counted all the same."""
        super().connection_lost(exc)
        self._waiting.clear()
        super()._unset_keepalive_if_required()

    # Silence. A timer for each answer costs as much as reading the headers does. So one runs on
    # while hits come, and looks when it ends how long the connection has been idle.

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _look_again(self, delay: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(delay, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, if it has been idle long enough."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(left)
        else:
            super().timeout_keep_alive_handler()

    def on_response_complete(self) -> None:
        """Go on after an ASGI answer."""
        super()._unset_keepalive_if_required()
        super().on_response_complete()
        if not self.pipeline:
            self._idle_since = self.loop.time()


def bind(proxies: Proxies, take: Take) -> type[asyncio.Protocol]:
    """Return the protocol for uvicorn's `http`."""

    class BoundEventProtocol(EventProtocol):
        intake = Intake(proxies, take)

    return BoundEventProtocol
