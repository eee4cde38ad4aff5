"""Sends requests over many keep-alive connections at once: so many a second, or until all are sent.

wrk does neither: it sends as fast as it is answered, and stops by the clock.
"""

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import cast

import httptools

Over = asyncio.Future[None]
"""Done once all answers are there; until then, losing a connection is an error."""

_TICK = 0.001
_GRACE = 30.0
"""Seconds that answers have after the last request."""


class Connection(asyncio.Protocol):
    """An HTTP/1.1 connection on which one request at a time is on its way."""

    def __init__(self, on_answer: Callable[["Connection", int], None], over: Over) -> None:
        """`on_answer` takes the connection and a status."""
        self.due = 0.0
        self._on_answer = on_answer
        self._over = over
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._on_answer(self, self._parser.get_status_code())

    def connection_lost(self, _: Exception | None) -> None:
        if not self._over.done():
            self._over.set_exception(ConnectionError("the server closed a connection"))


async def flood(port: int, requests: Iterator[bytes], connections: int) -> Counter[int]:
    """Send all requests, each connection its next one when it is answered; return the statuses."""
    statuses: Counter[int] = Counter()
    over: Over = asyncio.get_running_loop().create_future()
    busy = connections

    def answered(connection: Connection, status: int) -> None:
        statuses[status] += 1
        go_on(connection)

    def go_on(connection: Connection) -> None:
        nonlocal busy
        request = next(requests, None)
        if request is not None:
            connection.transport.write(request)
            return
        busy -= 1
        if not busy:
            over.set_result(None)

    opened = [await _connect(port, answered, over) for _ in range(connections)]
    for connection in opened:
        go_on(connection)
    try:
        await over
    finally:
        _close(opened)
    return statuses


class Pace:
    """Requests at a steady rate, whether they are answered or not.

    A request's time begins when it is due, also if no connection is free then: a server that stalls
    is not spared the hits that would have come meanwhile.
    """

    def __init__(self, requests: Iterator[bytes], rate: float, seconds: float) -> None:
        """`rate` is in requests a second."""
        self.latencies = array("d")
        """Seconds."""
        self.statuses: Counter[int] = Counter()
        self._requests = requests
        self._interval = 1 / rate
        self._seconds = seconds
        self._waiting: deque[float] = deque()
        self._free: deque[Connection] = deque()

    async def run(self, port: int, connections: int) -> None:
        """Send them over so many connections, and wait for the last answer."""
        over: Over = asyncio.get_running_loop().create_future()
        opened = [await _connect(port, self._answered, over) for _ in range(connections)]
        self._free.extend(opened)
        sending = asyncio.create_task(self._send_all(connections))
        try:
            first, _ = await asyncio.wait({sending, over}, return_when=asyncio.FIRST_COMPLETED)
            first.pop().result()
        finally:
            over.cancel()
            sending.cancel()
            _close(opened)

    def percentile(self, part: float) -> float:
        """Return the milliseconds in which this part of the answers came."""
        return sorted(self.latencies)[int(part * (len(self.latencies) - 1))] * 1e3

    async def _send_all(self, connections: int) -> None:
        due = time.perf_counter()
        end = due + self._seconds
        async with asyncio.timeout(self._seconds + _GRACE):
            while due < end or self._waiting or len(self._free) < connections:
                while due < min(time.perf_counter(), end):
                    self._waiting.append(due)
                    due += self._interval
                self._send()
                await asyncio.sleep(_TICK)

    def _send(self) -> None:
        while self._waiting and self._free:
            connection = self._free.popleft()
            connection.due = self._waiting.popleft()
            connection.transport.write(next(self._requests))

    def _answered(self, connection: Connection, status: int) -> None:
        self.latencies.append(time.perf_counter() - connection.due)
        self.statuses[status] += 1
        self._free.append(connection)
        self._send()


async def _connect(
    port: int, on_answer: Callable[[Connection, int], None], over: Over
) -> Connection:
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_connection(
        lambda: Connection(on_answer, over), "127.0.0.1", port
    )
    return protocol


def _close(opened: list[Connection]) -> None:
    for connection in opened:
        connection.transport.close()
