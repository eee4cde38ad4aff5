"""Visitors who keep coming: each hit is entered in the books before it is sent."""

import asyncio
import threading
import time
from collections.abc import Callable

import orjson
from sender import Connection
from server import BROWSER

from tests.faults.books import Books, Sent

SITE = "example.com"
LANES, VISITORS_A_LANE = 8, 4
_PACE = 0.015
"""Seconds between two hits of a lane."""
_RECONNECT = 0.02
_PATIENCE = 60
"""Seconds until an answer is given up; longer than anything a test does on purpose."""


def headers(visitor: int) -> dict[str, str]:
    """Return a visitor's headers; all are alike but for the address."""
    return BROWSER | {"x-forwarded-for": f"198.18.{visitor}.7"}


def event(page: str) -> dict[str, str]:
    """Return the body of a page view."""
    return {"n": "pageview", "u": f"https://{SITE}{page}", "d": SITE}


class Visitors:
    """Sends hits over several connections, from a thread of its own, until it is left."""

    def __init__(self, port: int, books: Books, clock: Callable[[], float] = time.time):
        self._port = port
        self._books = books
        self._clock = clock
        self._done = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._done.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._drive_all())
        except BaseException as failure:  # noqa: BLE001 (told in the test's own thread)
            self._failure = failure

    async def _drive_all(self) -> None:
        await asyncio.gather(*(self._drive(lane) for lane in range(LANES)))

    async def _drive(self, lane: int) -> None:
        line = None
        turn = 0
        while not self._done.is_set():
            line = line or await self._connect()
            if line:
                turn += 1
                visitor = lane * VISITORS_A_LANE + turn % VISITORS_A_LANE
                line = await self._send(line, self._books.open(visitor, self._clock()))
            await asyncio.sleep(_PACE if line else _RECONNECT)
        if line:
            line.close()

    async def _connect(self) -> "_Line | None":
        line = _Line(self._port)
        try:
            await line.open()
        except OSError:
            return None
        return line

    async def _send(self, line: "_Line", hit: Sent) -> "_Line | None":
        """Send a hit; return the line, or None if it ended without an answer."""
        body = orjson.dumps(event(hit.page))
        sending = line.post("/api/event", headers(hit.visitor), body)
        try:
            status = await asyncio.wait_for(sending, _PATIENCE)
        except TimeoutError:
            raise
        except (OSError, EOFError):
            line.close()
            return None
        self._books.close(hit, status)
        return line


class _Line(Connection):
    """A connection that is opened before there is anything to send."""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
