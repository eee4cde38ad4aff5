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
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing.managers import BaseManager, BaseProxy
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from ingest.allocator import keep_little
from ingest.core_dumps import forbid_core_dumps
from ingest.niceness import give_way, stay_below
from ingest.store.client import Store, StoreError
from ingest.store.cluster import ALONE, Cluster

_NICENESS = 19
"""Of the process: where it has to share a core with hits, a thread has a seventieth of it, and what hits
leave. That ships some thousand hits a second."""
_Given = TypeVarTuple("_Given")
_Answer = TypeVar("_Answer")
_SECRET, _READY = 16, b"ready"
"""The bytes of a secret that the two share, and what tells that it waits for questions."""
PROGRAM = ["-m", "ingest.beside"]
"""What Python runs in it."""
_STOP_LIMIT = 5
"""Seconds that it may take to end."""


def _open(url: str, data: Path, password: str, authority: Path | None, cluster: Cluster) -> Store:
    """Return a store there, once a process that was left over has ended, as it is about to.

    A start, which others wait for, still has the priority of any process.
    """
    store = Store(url, data, password=password, authority=authority, cluster=cluster)
    if store.folder:
        fcntl.flock(os.open(store.folder, os.O_RDONLY), fcntl.LOCK_EX)
        with suppress(StoreError):  # which the first question tells
            store.query("SELECT 1")
    give_way(_NICENESS)
    return store


class _StoreThere(BaseProxy):
    _exposed_ = ("do", "each", "close")
    _method_to_typeid_ = {"each": "answers"}  # noqa: RUF012 (so the library has it)


class _AnswersThere(BaseProxy):
    _exposed_ = ("__next__", "close")


class _Link(BaseManager):
    """The way between the two processes; each thread here that asks has a thread there."""


_Link.register("store", _open, proxytype=_StoreThere)
_Link.register("answers", proxytype=_AnswersThere, create_method=False)


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

    def do(
        self,
        work: Callable[[Any, *_Given], _Answer],
        *given: *_Given,
    ) -> _Answer:
        """Return what a function of a module makes of the store there."""
        answer: _Answer = self._call("do", work, *given)
        return answer

    def each(
        self,
        work: Callable[[Any, *_Given], Iterator[_Answer]],
        *given: *_Given,
    ) -> Generator[_Answer]:
        """Yield what a function of a module makes of the store there."""
        answers = self._call("each", work, *given)
        try:
            while True:
                try:
                    answer: _Answer = _call(answers, "__next__")
                except StopIteration:
                    return
                yield answer
        finally:
            with suppress(StoreError):
                _call(answers, "close")

    def rest(self, rests: bool) -> None:
        """Take no inserts and merge nothing, or go on."""
        self.rests = rests
        self.do(Store.rest, rests)

    def close(self) -> None:
        """Close the database, and end the process."""
        super().close()
        with self._turn:
            if self._there:
                with suppress(StoreError):
                    _call(self._there, "close")
            self._end()

    def _call(self, method: str, *given: object) -> Any:  # noqa: ANN401 (as the method answers)
        there = self._running()
        try:
            return _call(there, method, *given)
        except _LostError:
            with self._turn:
                if self._there is there:
                    self._end()
            raise

    def _running(self) -> BaseProxy:
        """Return the store there, in a process that is started if there is none."""
        with self._turn:
            if self._there is None or self._process is None or self._process.poll() is not None:
                self._end()
                self._there = self._start()
                if self.rests:
                    _call(self._there, "do", Store.rest, True)
            return self._there

    def _start(self) -> BaseProxy:
        address, secret = f"\0footfall-{secrets.token_hex(8)}", secrets.token_bytes(_SECRET)
        command = [sys.executable, "-P", *PROGRAM, address[1:]]
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


def _call(there: BaseProxy, method: str, *given: object) -> Any:  # noqa: ANN401
    with _lost_links():
        return there._callmethod(method, given)  # noqa: SLF001 (the library's way to call)


class _LostError(StoreError):
    """The process there has ended."""


class _lost_links:  # noqa: N801
    """Turn the end of the other process into a StoreError."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | EOFError):
            raise _LostError("the process that ships has ended, and is started again") from None


def main() -> None:
    """Serve the process that started this one, for as long as it lives."""
    forbid_core_dumps()
    keep_little()
    stay_below()
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
