"""One Store over clickhouse-connect: embedded ClickHouse (chDB) or a server, by URL."""

import logging
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self, TypeVar, TypeVarTuple
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from ingest.store.cluster import ALONE, Cluster
from ingest.store.tables import Table

# The driver logs what it raises too, statements and values among it; here it is told once, without.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL + 1)

_CODE = re.compile(r"Code: (\d+)\b.*\(([A-Z_0-9]+)\)", re.DOTALL)

_REMEDIES = {
    "AUTHENTICATION_FAILED": "; mend the user in `store` or FOOTFALL_STORE_PASSWORD",
    "ACCESS_DENIED": "; docker/clickhouse/users.d/footfall.xml has the rights that its user needs",
    "UNKNOWN_DATABASE": "; create the database that `store` names",
}

_CONNECT_TIMEOUT, _ANSWER_TIMEOUT = 5, 30
"""Seconds; the driver's own 300 would let a hung server hold up shipping for minutes."""


_LOOK_EVERY = 0.02
"""Seconds between looks whether a merge that was given up has ended."""
_LONGEST_DEFINITION = 16 * 1024 * 1024
"""Bytes: a table's retention may name thousands of sites."""
_Given = TypeVarTuple("_Given")
_Answer = TypeVar("_Answer")


class StoreError(Exception):
    """ClickHouse could not be reached or refused a statement. Says what, never with a value."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name
        """ClickHouse's name of the error, such as `TIMEOUT_EXCEEDED`; empty if not reached."""


class Store:
    """A ClickHouse database. Safe to share between threads: each works on a client of its own."""

    def __init__(
        self,
        url: str,
        data: Path,
        *,
        password: str = "",
        authority: Path | None = None,
        cluster: Cluster = ALONE,
    ) -> None:
        """Connect at first use to `url`; plain `chdb` is embedded in the folder `data`/clickhouse.

        `password` is the user's if the URL has none, `authority` the file with the certificate of
        who vouches for the server's. In a `cluster`, any of its servers will do.
        """
        self.cluster = cluster
        self._options = connect_options(url, data, password, authority)
        embedded = self._options.get("path")
        self.folder = Path(embedded) if embedded else None
        """Of embedded ClickHouse; None for a server."""
        self.rests = False
        """Whether it takes no inserts and merges nothing, because its disk is nearly full."""
        self._servers = [
            Store(server, data, password=password, authority=authority)
            for server in cluster.servers
        ]
        self._local = threading.local()
        self._clients: list[Client] = []
        self._lock = threading.Lock()

    @property
    def is_embedded(self) -> bool:
        """Whether ClickHouse is a library here, and no server."""
        return self.folder is not None

    def do(
        self,
        work: Callable[[Any, *_Given], _Answer],
        *given: *_Given,
    ) -> _Answer:
        """Return what a function makes of this store, and of what else it is given."""
        return work(self, *given)

    def each(
        self,
        work: Callable[[Any, *_Given], Iterator[_Answer]],
        *given: *_Given,
    ) -> Generator[_Answer]:
        """Yield what a function makes of this store one by one; close it to stop."""
        yield from work(self, *given)

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT. Values come in as `{name:Type}` parameters only."""
        return self.do(Store._query, sql, parameters or {}, settings or {})

    def stream(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a SELECT in blocks, as ClickHouse sends them; close it to stop.

        It works on a client of its own, because an open stream keeps one from all else, and may
        be read from several threads, one after the other.
        """
        return self.each(Store._stream, sql, parameters or {}, settings or {})

    def command(self, sql: str, settings: Mapping[str, Any] | None = None) -> None:
        """Run a statement that answers nothing."""
        self.do(Store._command, sql, settings or {})

    def define(self, sql: str) -> None:
        """Run a statement about tables; on all servers, where their URLs are known."""
        for server in self._servers or [self]:
            server.command(sql, {"max_query_size": _LONGEST_DEFINITION})

    def insert(self, table: Table, columns: Sequence[Sequence[Any]], token: str) -> None:
        """Insert columns in the table's order; a token that ClickHouse has seen inserts nothing.

        Each cell is there once, so ClickHouse need not add them up before it writes them.
        """
        self.do(Store._insert, table, columns, token)

    def rest(self, rests: bool) -> None:
        """Take no inserts and merge nothing, or go on. Merges under way are given up, and waited for."""
        self.rests = rests
        self.command(f"SYSTEM {'STOP' if rests else 'START'} MERGES")
        while rests and self.query("SELECT 1 FROM system.merges LIMIT 1"):
            time.sleep(_LOOK_EVERY)

    def patient(self, seconds: int, backups: Path | None = None) -> Self:
        """Return this store, for statements that take so long; before it is used.

        If it is embedded, it may read and write backups in a folder.
        """
        if self.is_embedded and backups:
            self._options["path"] += f"?backups.allowed_path={backups}"
        elif not self.is_embedded:
            self._options["send_receive_timeout"] = seconds
        for server in self._servers:
            server.patient(seconds)
        return self

    def close(self) -> None:
        """Close every thread's client."""
        for server in self._servers:
            server.close()
        with self._lock:
            for client in self._clients:
                client.close()
            self._clients.clear()
            self._local = threading.local()

    def _query(
        self, sql: str, parameters: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        with _store_errors():
            found = self._client().query(sql, parameters=dict(parameters), settings=dict(settings))
        return [tuple(row) for row in found.result_rows]

    def _stream(
        self, sql: str, parameters: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Iterator[list[tuple[Any, ...]]]:
        with (
            _store_errors(),
            closing(self._connect()) as client,
            client.query_row_block_stream(
                sql, parameters=dict(parameters), settings=dict(settings)
            ) as blocks,
        ):
            for block in blocks:
                yield [tuple(row) for row in block]

    def _command(self, sql: str, settings: Mapping[str, Any]) -> None:
        with _store_errors():
            self._client().command(sql, settings=dict(settings))

    def _insert(self, table: Table, columns: Sequence[Sequence[Any]], token: str) -> None:
        if self.rests:
            raise StoreError("the disk of embedded ClickHouse is nearly full")
        with _store_errors():
            self._client().insert(
                table.name,
                columns,
                column_names=table.columns,
                column_oriented=True,
                settings={"insert_deduplication_token": token, "optimize_on_insert": 0}
                | self.cluster.insert_settings,
            )

    def _client(self) -> Client:
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            client = self._connect()
            with self._lock:
                self._clients.append(client)
            self._local.client = client
        return client

    def _connect(self) -> Client:
        with self._lock:
            return clickhouse_connect.get_client(**self._options)


def connect_options(
    url: str, data: Path, password: str = "", authority: Path | None = None
) -> dict[str, Any]:
    """Return what `clickhouse_connect.get_client` takes for a store URL; makes chDB's folder."""
    parts = urlsplit(url)
    if url == "chdb" or parts.scheme == "chdb":
        folder = Path(unquote(parts.path)) if parts.path and url != "chdb" else data / "clickhouse"
        try:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{folder}: {error.strerror}; give another with --data or --store"
            ) from None
        return {"interface": "chdb", "path": str(folder)}
    return {
        "interface": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (8443 if parts.scheme == "https" else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or "") or password,
        "ca_cert": str(authority) if authority else None,
        "database": parts.path.strip("/") or "default",
        "autogenerate_session_id": False,
        "connect_timeout": _CONNECT_TIMEOUT,
        "send_receive_timeout": _ANSWER_TIMEOUT,
    }


class _store_errors:  # noqa: N801
    """Turn what the driver raises into a StoreError without the statement or its values."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClickHouseError | OSError):
            raise _without_values(str(error)) from None


def _without_values(message: str) -> StoreError:
    """Keep code and name of a message such as `Code: 47. … (UNKNOWN_IDENTIFIER)`."""
    found = _CODE.search(message)
    if found is None:
        return StoreError("ClickHouse could not be reached")
    remedy = _REMEDIES.get(found[2], "")
    return StoreError(f"ClickHouse answered with code {found[1]} ({found[2]}){remedy}", found[2])
