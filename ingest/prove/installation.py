"""A throw-away copy of an installation: the real command with its settings, and data of its own."""

import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import msgspec
import orjson

from ingest.database import open_store
from ingest.prove.control import Control
from ingest.settings import Settings
from ingest.store.client import StoreError
from ingest.store.cluster import Cluster
from ingest.visit.handover import default_path

_PATIENCE = 60.0
"""Seconds that a copy has to start, to ship and to stop."""
_IDLE = 2.0
"""Seconds after which a connection is not used again, as the server may be closing it."""
LOOPBACK = "127.0.0.1"
NOWHERE = f"http://{LOOPBACK}:1/away"
"""A ClickHouse that is away: nothing listens there."""
_SHIPPED = b"footfall_spool_parts 0.0"
_LOOKING = threading.Lock()


class ProofError(Exception):
    """A proof could not be made; says what to do."""


class Reply(NamedTuple):
    """An answer to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Installation:
    """A copy in a new folder. It listens on a free port, and trusts this process as a proxy."""

    def __init__(self, settings: Settings, arguments: Sequence[str], folder: Path) -> None:
        """`arguments` are those by which the settings were found; `folder` is made.

        On a ClickHouse server the copy has a database of its own, which goes when the copy does.
        """
        self.settings = settings
        self.folder = folder
        self.data, self.temporary = folder / "data", folder / "tmp"
        self.temporary.mkdir(parents=True)
        self.control = Control(folder / "control")
        self.key = secrets.token_urlsafe(24)
        self.store, self._database = _own_store(settings)
        self._own = msgspec.structs.replace(settings, store=self.store, data=self.data)
        self.handover = default_path(self.data)
        self._arguments = list(arguments)
        self._port = 0
        self._output = bytearray()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: http.client.HTTPConnection | None = None
        self._asked = 0.0

    def start(self, store: str = "", **more: str) -> None:
        """Start it, with another store or other settings if given, and wait until it answers."""
        self._port = _free_port()
        given = ["--listen", f"{LOOPBACK}:{self._port}", "--data", str(self.data)]
        command = [
            sys.executable,
            "-m",
            "ingest.prove.child",
            str(self.folder / "control"),
            "ingest",
        ]
        self._process = subprocess.Popen(  # noqa: S603 (our own command)
            [*command, "serve", *self._arguments, *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment(more | {"store": store or self.store, "key": self.key}),
        )
        self._listener = threading.Thread(target=self._listen, args=[self._process], daemon=True)
        self._listener.start()
        self.wait_until(lambda: self.ask("GET", "/health/ready").status == HTTPStatus.OK)

    def stop(self) -> None:
        """Stop it gracefully."""
        self._hang_up()
        self._running.terminate()
        self._end()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._hang_up()
        self._running.kill()
        self._end()

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Send a request; return the answer. Raises OSError if there is none."""
        if time.monotonic() - self._asked > _IDLE:
            self._hang_up()
        if self._line is None:
            self._line = http.client.HTTPConnection(LOOPBACK, self._port, timeout=_PATIENCE)
        self._asked = time.monotonic()
        try:
            self._line.request(method, target, body, dict(headers or {}))
            answer = self._line.getresponse()
            return Reply(answer.status, dict(answer.headers.items()), answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            raise OSError(str(error)) from None

    def send(self, event: object, headers: Mapping[str, str]) -> Reply:
        """Send a hit as the script does."""
        return self.ask("POST", "/api/event", headers, orjson.dumps(event))

    def query(self, **query: Any) -> Any:  # noqa: ANN401
        """Return the answer to a query, or to the problem that it is."""
        headers = {"authorization": f"Bearer {self.key}"}
        return orjson.loads(self.ask("POST", "/api/v2/query", headers, orjson.dumps(query)).body)

    def send_raw(self, data: bytes) -> None:
        """Send bytes that need not be HTTP; wait for whatever is answered."""
        with socket.create_connection((LOOPBACK, self._port), timeout=_PATIENCE) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65_536):
                pass

    def wait_until_shipped(self) -> None:
        """Wait until ClickHouse has all that was acknowledged."""
        self.wait_until(lambda: _SHIPPED in self.ask("GET", "/metrics").body)

    def wait_until(self, is_so: Any) -> None:  # noqa: ANN401
        """Wait until something is so; what cannot be asked yet is not."""
        limit = time.monotonic() + _PATIENCE
        while True:
            with suppress(OSError):
                if is_so():
                    return
            if self._running.poll() is not None or time.monotonic() > limit:
                raise ProofError(f"the copy does not answer; it said:\n{self.output.decode()}")
            time.sleep(0.05)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, while the copy does not run."""
        # One embedded ClickHouse a process.
        with _LOOKING, closing(open_store(self._own)) as store:
            names = [name for (name,) in store.query("SHOW TABLES")]
            return {name: store.query(f"SELECT * FROM `{name}` ORDER BY ALL") for name in names}

    @property
    def output(self) -> bytes:
        """All that it ever wrote to stdout and stderr."""
        return bytes(self._output)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._running.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing of it."""
        if self._process and self._process.poll() is None:
            self.kill()
        if self.handover:
            self.handover.unlink(missing_ok=True)
        if self._database:
            with suppress(StoreError), closing(open_store(self.settings)) as store:
                on = Cluster(self.settings.cluster, servers=self.settings.servers).on
                store.define(f"DROP DATABASE IF EXISTS {self._database}{on}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
            self._line = None

    def _end(self) -> None:
        """Wait until the process has ended, and all is read that it wrote."""
        self._running.wait(_PATIENCE)
        self._listener.join(_PATIENCE)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ProofError("the copy is not started")
        return self._process

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        trusted = ",".join([*self.settings.trusted_proxies, f"{LOOPBACK}/32"])
        own = {"FOOTFALL_TRUSTED_PROXIES": trusted, "TMPDIR": str(self.temporary)}
        # The most talkative that Python can be made.
        own |= {"PYTHONASYNCIODEBUG": "1", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}
        return {**os.environ, **own, **{f"FOOTFALL_{key.upper()}": more[key] for key in more}}

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout  # noqa: S101
        with process.stdout as output:
            for line in output:
                self._output += line


def new_folder() -> Path:
    """Return a new, empty folder for a copy."""
    return Path(tempfile.mkdtemp(prefix="footfall-prove-"))


def _own_store(settings: Settings) -> tuple[str, str]:
    """Return the URL of a store of the copy's own, and the database made for it on a server."""
    parts = urlsplit(settings.store)
    if parts.scheme not in ("http", "https"):
        return "chdb", ""
    database = f"footfall_prove_{secrets.token_hex(8)}"
    with closing(open_store(settings)) as store:
        on = Cluster(settings.cluster, servers=settings.servers).on
        store.define(f"CREATE DATABASE {database}{on}")
    return parts._replace(path=f"/{database}").geturl(), database


def _free_port() -> int:
    with closing(socket.create_server((LOOPBACK, 0))) as probe:
        return int(probe.getsockname()[1])
