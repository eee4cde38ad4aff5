"""The real command as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import orjson

_PATIENCE = 300
"""Seconds after which a test that waits for something has failed."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BROWSER = {"user-agent": FIREFOX, "accept-language": "fr-FR,fr;q=0.9"}
KEY = "a-key-for-tests"
_KEEPERS: list[socket.socket] = []


class Server:
    """`footfall serve` on a free port of the loopback."""

    def __init__(
        self,
        data: Path,
        *arguments: str,
        site: str = "example.com",
        command="serve",
        environment=None,
    ):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "ingest", command]
        self._command += ["--listen", f"127.0.0.1:{self.port}", "--data", str(data)]
        self._command += ["--key", KEY, *(("--site", site) if site else ()), *arguments]
        self.log = data.parent / f"{data.name}.log"
        self._environment = os.environ | {"PYTHONUNBUFFERED": "1"} | (environment or {})
        self.process = None

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment
            )
        limit = time.monotonic() + _PATIENCE
        while not self.is_up():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < limit, self.log.read_text()
            time.sleep(0.1)
        return self

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_PATIENCE)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.stop()

    def send(self, event: dict, headers: dict | None = None):
        """Post an event; return status, headers and body."""
        return self.post("/api/event", event, BROWSER | (headers or {}))

    def query(self, **query) -> dict:
        """Ask the query API; return the answer."""
        authorization = {"authorization": f"Bearer {KEY}"}
        status, _, body = self.post("/api/v2/query", query, authorization)
        assert status == 200, body
        return orjson.loads(body)

    def wait_for(self, metric: str, value: int, **query) -> None:
        """Wait until today's totals have the value, as a dashboard would see it."""
        totals = {"metrics": [metric], "date_range": "day"} | query
        self.wait_until(lambda: self.query(**totals)["results"][0]["metrics"] == [value])

    def has_shipped(self) -> bool:
        """Tell whether nothing waits for ClickHouse: totals alone are there before all is."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as answer:
            return b"\nfootfall_spool_bytes 0.0\n" in answer.read()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, or fail."""
        limit = time.monotonic() + _PATIENCE
        while not is_so():
            assert time.monotonic() < limit, self.log.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> dict:
        """Return the JSON at a path, which the key opens."""
        headers = {"authorization": f"Bearer {KEY}"}
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return orjson.loads(answer.read())

    def post(self, path: str, document: object, headers: dict):
        return self.request("POST", path, orjson.dumps(document), headers)

    def request(self, method: str, path: str, body: bytes | None, headers: dict):
        """Send a request; return status, headers and body."""
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


def free_port() -> int:
    """Return a port that nobody else is given until this process ends.

    A bound socket that does not listen keeps it from others, but not from a server that starts
    with SO_REUSEADDR as servers do.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    _KEEPERS.append(keeper)
    return keeper.getsockname()[1]


def noon_zone() -> str:
    """A time zone in which it is about noon, so that no midnight falls into the test."""
    offset = time.gmtime().tm_hour - 12
    return f"Etc/GMT{offset:+d}"
