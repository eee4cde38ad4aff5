"""A real ClickHouse server that a test can kill and bring back.

It is the first that is found of: the server at FOOTFALL_TEST_CLICKHOUSE_URL (in a database of the
test's own), a `clickhouse` on the PATH, and `libchdb.so` from npm, whose `clickhouse local` can
listen. With CI=true a test fails that finds none.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from missing import give_up
from server import free_port

from ingest.store.client import Store, StoreError

_HERE = Path(__file__).parent
_LIBRARY = _HERE / "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
_LISTEN = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT count() FROM numbers(1000000) WHERE NOT sleepEachRow(1)"
)
_START_LIMIT = 120


class ClickHouse:
    """A server on free ports of the loopback, which it keeps, with its data in a folder."""

    def __init__(self, folder: Path, config: Path | None = None, environment=None):
        """`config` is a configuration file, with config.d and users.d beside it."""
        self.port, self.tcp_port = free_port(), free_port()
        self.database = "default"
        self.folder = folder
        self._log = folder.parent / f"{folder.name}.log"
        self._command = _find_command(folder, self.port, self.tcp_port, config)
        self._environment = os.environ | (environment or {})
        self._process = None

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """Return the store URL by way of another port, such as a proxy's."""
        return f"http://default:@127.0.0.1:{port}/{self.database}"

    def query(self, sql: str) -> list[tuple]:
        """Return the rows of a SELECT; none as long as its table is not there."""
        store = Store(self.url, self.folder)
        try:
            return store.query(sql)
        except StoreError as error:
            if error.name == "UNKNOWN_TABLE":
                return []
            raise
        finally:
            store.close()

    def start(self) -> None:
        """Start, or start again, and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        limit = time.monotonic() + _START_LIMIT
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < limit, self._log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self._process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class ForeignClickHouse(ClickHouse):
    """A server that somebody else runs: the test has a database there, and cannot kill it."""

    def __init__(self, folder: Path, url: str):
        parts = urlsplit(url)
        self.folder = folder
        self.port = parts.port or 8123
        self.database = f"footfall_test_{secrets.token_hex(8)}"
        self._whole = url
        self._parts = parts

    def url_at(self, port: int) -> str:
        host = self._parts.hostname if port == self.port else "127.0.0.1"
        credentials = self._parts.netloc.rpartition("@")[0] or "default:"
        return f"{self._parts.scheme}://{credentials}@{host}:{port}/{self.database}"

    def start(self) -> None:
        self._command_of_owner(f"CREATE DATABASE {self.database}")

    def kill(self) -> None:
        pytest.skip("kills ClickHouse: unset FOOTFALL_TEST_CLICKHOUSE_URL")

    def __exit__(self, *_) -> None:
        self._command_of_owner(f"DROP DATABASE {self.database} SYNC")

    def _command_of_owner(self, sql: str) -> None:
        store = Store(self._whole, self.folder)
        store.command(sql)
        store.close()


def find_clickhouse(folder: Path) -> ClickHouse:
    """Return a server, not yet started, whose data is in `folder`."""
    url = os.environ.get("FOOTFALL_TEST_CLICKHOUSE_URL")
    return ForeignClickHouse(folder, url) if url else ClickHouse(folder)


def _find_command(folder: Path, http_port: int, tcp_port: int, config: Path | None) -> list[str]:
    listen = [f"--http_port={http_port}", f"--tcp_port={tcp_port}", "--listen_host=127.0.0.1"]
    binary = shutil.which("clickhouse")
    if binary:
        chosen = [f"--config-file={config}"] if config else []
        return [binary, "server", *chosen, "--", f"--path={folder}/", *listen]
    if not _LIBRARY.exists():
        give_up("no ClickHouse to test with: npm install --prefix tests")
    command = [sys.executable, str(_HERE / "clickhouse_local.py"), str(_LIBRARY)]
    command += ["--path", str(folder), "--function_sleep_max_microseconds_per_block", "0"]
    command += ["--config-file", str(config)] if config else []
    return [*command, "--query", _LISTEN, "--", *listen]
