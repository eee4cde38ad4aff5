"""One of the things that are compared: a server, the form its hits come in, and its figures."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import wrk
from servers import KEY, Server
from stream import Hit, batch, request

HITS = 250_000
"""In a file of requests, and twice as many in batches; wrk begins it again when it is through."""
BATCH = 1_000


class Figures(NamedTuple):
    """What a lane's round showed."""

    rate: float
    """Hits a second."""
    run: wrk.Run
    cpu: float
    """Seconds that the server's process used."""
    cost: float
    """Of them, for each hit."""
    resident: float
    """MB."""


class Lane:
    """A server, and how it is sent hits."""

    def __init__(
        self,
        name: str,
        server: Server,
        form: Callable[[Iterator[Hit]], Iterable[bytes]],
        hits: int,
        connections: int,
    ) -> None:
        """`form` makes requests of hits, so many `hits` each."""
        self.name = name
        self.server = server
        self.seen = 0
        """Hits whose answers wrk has read, warm-up included."""
        self.unread = 0
        """Hits whose answers may have been on their way when wrk hung up, at most."""
        self._form = form
        self._hits = hits
        self._connections = connections

    def prepare(self, path: Path, hits: Iterator[Hit]) -> Path:
        """Write the requests of a round; return the path."""
        number = HITS if self._hits == 1 else 2 * HITS
        return wrk.write_requests(path, self._form(islice(hits, number)))

    def measure(self, requests: Path, seconds: float) -> Figures:
        """Send requests for so long."""
        before = self.server.cpu()
        run = wrk.run(self.server.port, requests, seconds, self._connections)
        cpu, resident = self.server.cpu() - before, self.server.resident()
        assert not run.refused, f"{self.name}: {run.refused} requests were refused"
        assert not run.broken, f"{self.name}: {run.broken} connections failed"
        hits = run.answers * self._hits
        self.seen += hits
        self.unread += self._connections * self._hits
        return Figures(run.rate * self._hits, run, cpu, cpu / hits, resident)


def singly(hits: Iterator[Hit]) -> Iterator[bytes]:
    """Make a request of each hit, as browsers do."""
    return map(request, hits)


def batched(hits: Iterator[Hit]) -> Iterator[bytes]:
    """Make a request of every thousand hits, as servers do."""
    while some := list(islice(hits, BATCH)):
        yield batch(some, KEY, int(time.time()))
