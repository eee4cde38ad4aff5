"""A TCP proxy in front of ClickHouse whose behavior is switched while it runs."""

import asyncio
import threading
from contextlib import suppress
from enum import Enum

from server import free_port

_CHUNK = 65_536


class Mode(Enum):
    """What the proxy does with a connection."""

    PASS = "as ever"
    REFUSE = "refuses connections"
    HANG = "accepts connections, never answers"
    FAIL = "answers 500"
    CUT = "cut in the middle of an insert's body"
    MUTE = "cut after an insert, before its answer"


_FAILURE = b"Code: 999. DB::Exception: made up by a test. (KEEPER_EXCEPTION)"
_FAILED = (
    b"HTTP/1.1 500 Internal Server Error\r\nx-clickhouse-exception-code: 999\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(_FAILURE), _FAILURE)
)


class FaultProxy:
    """Listens on `port`, in a thread of its own, and passes on to the target port.

    Connections that hang go on hanging after a switch, as they do behind a dead link; others end.
    """

    def __init__(self, target: int):
        self.port = free_port()
        self.struck = 0
        """Connections and inserts that a fault hit, since the last switch."""
        self._target = target
        self._mode = Mode.PASS
        self._loop = asyncio.new_event_loop()
        self._server = None
        self._open = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def switch(self, mode: Mode) -> None:
        """Behave like this from now on."""
        asyncio.run_coroutine_threadsafe(self._switch(mode), self._loop).result()

    def __enter__(self):
        self._thread.start()
        self.switch(Mode.PASS)
        return self

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _switch(self, mode: Mode) -> None:
        if self._mode is not Mode.HANG:
            self._end_connections()
        self._mode, self.struck = mode, 0
        if mode is Mode.REFUSE:
            self._server.close()
            self._server = None
        elif self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        self._end_connections()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end_connections(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader, writer) -> None:
        self._open.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            await self._treat(reader, writer)
        self._open.discard(writer)
        writer.transport.abort()

    async def _treat(self, reader, writer) -> None:
        if self._mode is Mode.HANG:
            self.struck += 1
            await asyncio.Event().wait()
        elif self._mode is Mode.FAIL:
            await reader.read(_CHUNK)
            self.struck += 1
            writer.write(_FAILED)
            await writer.drain()
        else:
            await self._pass_on(reader, writer)

    async def _pass_on(self, reader, writer) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        exchange = _Exchange(self._mode)
        try:
            await asyncio.gather(
                self._pump(reader, back, exchange.request),
                self._pump(there, writer, exchange.answer),
            )
        finally:
            back.transport.abort()

    async def _pump(self, reader, writer, shorten) -> None:
        while chunk := await reader.read(_CHUNK):
            passed = shorten(chunk)
            writer.write(passed)
            await writer.drain()
            if len(passed) < len(chunk):
                self.struck += 1
                raise ConnectionAbortedError
        raise ConnectionResetError


class _Exchange:
    """What of a connection's bytes is passed on."""

    def __init__(self, mode: Mode):
        self._mode = mode
        self._inserts = False

    def request(self, chunk: bytes) -> bytes:
        begins = chunk.startswith(b"POST ")
        if begins:
            self._inserts = b"application/octet-stream" in chunk
        if self._mode is not Mode.CUT or not self._inserts:
            return chunk
        body = chunk.index(b"\r\n\r\n") + 4 if begins else 0
        return chunk if body == len(chunk) else chunk[: (body + len(chunk)) // 2]

    def answer(self, chunk: bytes) -> bytes:
        return b"" if self._mode is Mode.MUTE and self._inserts else chunk
