"""A server that hands out the sample site and the script, and keeps what the script sends."""

import json
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any, NamedTuple, Self, cast

from ingest.beacon import sample_pages, script

PATIENCE = 60  # seconds before a beacon that never came fails a test

SCRIPTS = {"/js/footfall.js": script.core, "/js/footfall.auto.js": script.auto}


class Beacon(NamedTuple):
    path: str
    hit: dict[str, Any]
    headers: dict[str, str]  # lower-case names


class Recorder(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.other_origin = f"http://localhost:{self.server_port}"
        self.pages: dict[str, str] = {}  # path -> HTML or a script, beside the sample site's
        self.methods: set[str] = set()  # of the requests that were no GET
        self.beacons: list[Beacon] = []
        self.closing = Event()
        self._arrival = Condition()

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def add_page(
        self,
        path: str,
        attributes: str = "",
        body: str = "",
        head: str = "",
        script: str = "footfall.js",
    ) -> str:
        """Serve a page whose script tag has `attributes`; return its address."""
        tag = f'<script defer src="{self.other_origin}/js/{script}" {attributes}></script>'
        self.pages[path] = f"<!doctype html><title>{path}</title>{head}{tag}<body>{body}"
        return self.origin + path

    def keep(self, beacon: Beacon) -> None:
        with self._arrival:
            self.beacons.append(beacon)
            self._arrival.notify_all()

    def named(self, name: str) -> list[dict[str, Any]]:
        return [beacon.hit for beacon in list(self.beacons) if beacon.hit["n"] == name]

    def wait_for(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Return the hits of that name once there are `count`.

        They are in order of arrival, which is not always that of sending.
        """
        with self._arrival:
            arrived = self._arrival.wait_for(lambda: len(self.named(name)) >= count, PATIENCE)
        assert arrived, f"waited for {count} {name}, got {[b.hit for b in self.beacons]}"
        return self.named(name)


class Handler(BaseHTTPRequestHandler):
    @property
    def recorder(self) -> Recorder:
        return cast("Recorder", self.server)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/never":
            self.recorder.closing.wait(PATIENCE)
        found = self._find(path)
        body, content_type = found or (b"", "text/plain")
        self._answer(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND, body, content_type)

    def _find(self, path: str) -> tuple[bytes, str] | None:
        if path in SCRIPTS:
            return SCRIPTS[path](), "text/javascript"
        if path in self.recorder.pages:
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            return self.recorder.pages[path].encode(), kind
        if path.startswith("/sample/"):
            return sample_pages.sample_page(path.removeprefix("/sample/"), "example.com")
        return None

    def do_POST(self) -> None:
        self.recorder.methods.add("POST")
        hit = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.recorder.keep(Beacon(self.path, hit, headers))
        self._answer(HTTPStatus.ACCEPTED, b"", "text/plain")

    def do_OPTIONS(self) -> None:
        self.recorder.methods.add("OPTIONS")
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b"", "text/plain")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.send_header("access-control-allow-origin", "*")
        with suppress(ConnectionError):  # the page that asked may be gone
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output to the tests."""
