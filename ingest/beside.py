"""A process beside the one that answers hits: it ships batches and, if need be, is ClickHouse.

All that takes long is done there, at a lower priority. In the process that answers hits, threads
that work for ClickHouse would hold Python's lock, and every hit would wait for them.
"""

import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.managers import BaseManager, BaseProxy
from pathlib import Path
from typing import Any

from ingest.core_dumps import forbid_core_dumps
from ingest.spool.reading import read_batch
from ingest.spool.spool import Batch
from ingest.store.client import Store, StoreError
from ingest.store.cluster import ALONE, Cluster
from ingest.store.tables import Table
from ingest.store.writer import write

_NICENESS = 5
"""Of the process: a third of the share of a core that the one which answers hits has."""
_STOP_LIMIT = 5
"""Seconds that it may take to end."""


class ShippingStore(Store):
    """A store that takes batches out of a spool itself. It lives in the process beside."""

    def __init__(
        self, url: str, data: Path, password: str, authority: Path | None, cluster: Cluster
    ) -> None:
        """Take what a Store takes; waits for a process that was left over, and is about to end."""
        super().__init__(url, data, password=password, authority=authority, cluster=cluster)
        if self.folder:
            fcntl.flock(os.open(self.folder, os.O_RDONLY), fcntl.LOCK_EX)

    def ship(self, spool: Path, batch: Batch) -> None:
        """Insert a batch of a spool. Raises StoreError, SpoolError; then do it again."""
        write(self, read_batch(spool, batch.number), batch.token)


class _StoreThere(BaseProxy):
    _exposed_ = ("query", "stream", "command", "insert", "ship", "close")
    _method_to_typeid_ = {"stream": "blocks"}  # noqa: RUF012 (so the library has it)


class _BlocksThere(BaseProxy):
    _exposed_ = ("__next__", "close")


class _Link(BaseManager):
    """The way between the two processes; each thread here that asks has a thread there."""


_Link.register("store", ShippingStore, proxytype=_StoreThere)
_Link.register("blocks", proxytype=_BlocksThere, create_method=False)


class StoreBeside(Store):
    """A Store in a process of its own, which is started at the first use.

    If that process ends, such as for want of memory, the next use starts it again.
    """

    def __init__(
        self,
        url: str,
        data: Path,
        *,
        password: str = "",
        authority: Path | None = None,
        cluster: Cluster = ALONE,
    ) -> None:
        """Take what a Store takes. Raises StoreError for a folder that cannot be."""
        super().__init__(url, data, password=password, authority=authority, cluster=cluster)
        self._opened_with = (url, data, password, authority, cluster)
        self._process: subprocess.Popen[bytes] | None = None
        self._there: BaseProxy | None = None
        self._turn = threading.Lock()

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        rows: list[tuple[Any, ...]] = self._ask("query", sql, parameters, settings)
        return rows

    def stream(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a SELECT in blocks."""
        blocks = self._ask("stream", sql, parameters, settings)
        try:
            while True:
                try:
                    block: list[tuple[Any, ...]] = _call(blocks, "__next__")
                except StopIteration:
                    return
                yield block
        finally:
            with suppress(StoreError):
                _call(blocks, "close")

    def command(self, sql: str) -> None:
        """Run a statement that answers nothing."""
        self._ask("command", sql)

    def insert(self, table: Table, columns: Sequence[Sequence[Any]], token: str) -> None:
        """Insert columns in the table's order."""
        self._refuse_at_rest()
        self._ask("insert", table, columns, token)

    def ship(self, spool: Path, batch: Batch) -> None:
        """Insert a batch of a spool. Raises StoreError, SpoolError; then do it again."""
        self._refuse_at_rest()
        self._ask("ship", spool, batch)

    def close(self) -> None:
        """Close the database, and end the process."""
        super().close()
        with self._turn:
            if self._there:
                with suppress(StoreError):
                    _call(self._there, "close")
            self._end()

    def _ask(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 (as the method answers)
        with self._turn:
            there = self._running()
        return _call(there, method, *arguments)

    def _running(self) -> BaseProxy:
        """Return the store there, in a process that is started if there is none."""
        if self._there is None or self._process is None or self._process.poll() is not None:
            self._end()
            self._there = self._start()
            if self.rests:
                _call(self._there, "command", "SYSTEM STOP MERGES")
        return self._there

    def _start(self) -> BaseProxy:
        address, secret = f"\0footfall-{secrets.token_hex(8)}", secrets.token_bytes(32)
        command = [sys.executable, "-P", "-m", "ingest.beside", address[1:]]
        self._process = subprocess.Popen(  # noqa: S603 (this very program)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin, "it is a pipe"  # noqa: S101
        assert self._process.stdout, "it is a pipe"  # noqa: S101
        with _lost_links():
            self._process.stdin.write(secret)
            self._process.stdin.flush()
            if not self._process.stdout.read(len(_READY)):
                raise EOFError
            link = _Link(address, secret)
            link.connect()
            there: BaseProxy = link.store(*self._opened_with)  # type: ignore[attr-defined]
            return there

    def _end(self) -> None:
        """End the process, if it has not ended; that its standard input closes tells it to."""
        process, self._process, self._there = self._process, None, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        try:
            process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _call(there: BaseProxy, method: str, *arguments: object) -> Any:  # noqa: ANN401
    with _lost_links():
        return there._callmethod(method, arguments)  # noqa: SLF001 (the library's way to call)


class _lost_links:  # noqa: N801
    """Turn the end of the other process into a StoreError."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | EOFError):
            raise StoreError("the process that ships has ended, and is started again") from None


_SECRET, _READY = 32, b"ready"


def main() -> None:
    """Serve the process that started this one, for as long as it lives."""
    forbid_core_dumps()
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    for told_to_all in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_all, signal.SIG_IGN)
    secret = sys.stdin.buffer.read(_SECRET)
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    server = _Link(f"\0{sys.argv[1]}", secret).get_server()
    sys.stdout.buffer.write(_READY)
    sys.stdout.flush()
    server.serve_forever()


def _end_with_the_other() -> None:
    """End at once when the other process does, however it does: what was under way comes again."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
