"""A uvicorn server in a thread, whose hits go to the test, and raw connections to it."""

import asyncio
import socket
import threading
import time
from contextlib import suppress

import orjson
import uvicorn
import uvloop

from ingest.receive.protocol import bind
from ingest.receive.proxies import Proxies
from ingest.receive.receiver import PATHS, Receiver

PATIENCE = 60
"""Seconds after which a test that waits for something has failed."""
EVENT = {"n": "pageview", "u": "https://example.com/a", "d": "example.com"}


class Listening:
    """Serves the event routes by the protocol, or by ASGI alone, and `/slow` and `/big` by ASGI.

    Hits get `outcome` at once, or are held with their `tell` while `holds` is set.
    """

    def __init__(self, *, by_asgi=False, outcome=None, buffer=0, **config):
        self.outcome, self.holds, self.hits, self.held = outcome, False, [], []
        self.is_slow_done = threading.Event()
        proxies = Proxies(["127.0.0.1/32"])
        self._receiver = Receiver(proxies, self._collect)
        config |= {"lifespan": "off", "log_config": None, "access_log": False}
        config |= {"server_header": False, "date_header": False, "proxy_headers": False}
        config |= {"interface": "asgi3", "ws": "none"}
        config["http"] = "httptools" if by_asgi else bind(proxies, self._take)
        self.server = uvicorn.Server(uvicorn.Config(self._app, loop="uvloop", **config))
        self._listener = socket.create_server(("127.0.0.1", 0))
        if buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            self.loop = runner.get_loop()
            runner.run(self.server.serve([self._listener]))

    def __enter__(self):
        self._thread.start()
        self.until(lambda: self.server.started)
        return self

    def __exit__(self, *_):
        self.tell_all()
        self.is_slow_done.set()
        self.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self._listener.close()

    def stop(self):
        """Begin a graceful stop."""
        self.server.should_exit = True

    def tell(self, hit, outcome=None):
        """Tell the sender of a held hit."""
        self.loop.call_soon_threadsafe(self.held[hit], outcome)

    def tell_all(self):
        """Hold no longer."""
        self.holds = False
        for hit in range(len(self.held)):
            self.tell(hit)

    def until(self, is_so):
        limit = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < limit
            time.sleep(0.01)

    def connect(self, buffer=0):
        return Line(self.port, buffer)

    def ask(self, *pieces):
        """Send a request on a connection of its own; return its answer."""
        with self.connect() as line:
            line.send(*pieces)
            return line.answer()

    def _take(self, raw, tell):
        self.hits.append(raw)
        if self.holds:
            self.held.append(tell)
        elif isinstance(self.outcome, Exception):
            raise self.outcome
        else:
            tell(self.outcome)

    async def _collect(self, raw):
        self.hits.append(raw)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def _app(self, scope, receive, send):
        if scope["path"] in PATHS:
            await self._receiver(scope, receive, send)
            return
        if scope["path"] == "/slow":
            await asyncio.to_thread(self.is_slow_done.wait, PATIENCE)
        body = b"x" * 5_000_000 if scope["path"] == "/big" else scope["path"].encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})


class Line:
    """A connection."""

    def __init__(self, port, buffer=0):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self._file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._file.close()
        self.socket.close()

    def send(self, *pieces):
        """Send each piece in a packet of its own."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            self.socket.sendall(piece)
            if len(pieces) > 1:
                time.sleep(0.002)

    def send_until_full(self, data):
        """Send over and over until nothing is taken any more; return how many bytes were."""
        self.socket.settimeout(0.5)
        sent = 0
        with suppress(TimeoutError):
            while True:
                sent += self.socket.send(data)
        self.socket.settimeout(PATIENCE)
        return sent

    def answer(self):
        """Return the next answer's status, headers and body."""
        status = int(self._file.readline().split()[1])
        headers = {}
        while line := self._file.readline().strip():
            name, _, value = line.partition(b": ")
            headers[name.decode()] = value.decode()
        return status, headers, self._file.read(int(headers.get("content-length", 0)))

    def is_closed(self):
        """Wait until the server ends the connection, with nothing more to say."""
        return self._file.read() == b""


def post(event=None, body=None, headers="", target="/api/event"):
    """Return a request's bytes, one hit by default."""
    if body is None:
        body = orjson.dumps(EVENT | (event or {}))
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
