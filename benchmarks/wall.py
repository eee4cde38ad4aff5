"""Many dashboards that refresh over HTTP while hits come in, to another site of the same server.

Each asks all questions at once every half minute, as an open dashboard does, about one of five
periods that end today, so the folder should be a fresh one. The answers' times are a browser's: all
of a request, cached by the server or not. Server and dashboards have a core each.
"""

import asyncio
import os
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx
import uvloop
from lane import singly
from pace import Pace
from questions import questions
from servers import KEY, LOAD_CORE, collector
from stream import DOMAIN, stream
from year import SITE, Year

_RATE, _CONNECTIONS = 2_000, 64
"""Hits a second, and over how many connections."""
_EVERY = 30
"""Seconds between two refreshes of a dashboard."""
_PERIODS = ("7d", "30d", "91d", "6mo", "12mo")
_WARM_UP = 5
"""Seconds of hits before any dashboard is open."""
_PATIENCE, _KEPT = 60, 1
"""Seconds that a dashboard waits for an answer, and for which it keeps an idle connection."""
_NO_ANSWER = 0


class Wall:
    """Open dashboards."""

    def __init__(self, port: int, year: Year) -> None:
        self.times = array("d")
        """Seconds."""
        self.statuses: Counter[int] = Counter()
        self._asked = [question.query for question in questions(year)]
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"authorization": f"Bearer {KEY}"},
            timeout=_PATIENCE,
            # Shorter than the server's, as a browser's: no request meets a connection just closed.
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEPT),
        )

    async def keep_open(self, number: int, seconds: float, dashboards: int) -> None:
        """Refresh one of the dashboards for so long; they are spread over the half minute."""
        end = time.monotonic() + seconds
        await asyncio.sleep(min(_EVERY, seconds) * number / dashboards)
        period = _PERIODS[number % len(_PERIODS)]
        while time.monotonic() < end:
            due = time.monotonic() + _EVERY
            await asyncio.gather(*(self._ask(query, period) for query in self._asked))
            await asyncio.sleep(min(due, end) - time.monotonic())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, query: dict[str, object], period: str) -> None:
        if isinstance(query["date_range"], list):
            query = query | {"date_range": period}
        start = time.perf_counter()
        try:
            status = (await self._client.post("/api/v2/query", json=query)).status_code
        except httpx.TransportError:
            status = _NO_ANSWER
        self.times.append(time.perf_counter() - start)
        self.statuses[status] += 1


def run(folder: Path, year: Year, dashboards: int, seconds: int) -> None:
    """Print how long queries and acknowledgements take, and how many fail."""
    os.sched_setaffinity(0, {LOAD_CORE})
    with _run_folder(folder), collector(folder, (DOMAIN, SITE.domain)) as server:
        hits, wall = uvloop.run(_run(server.port, year, dashboards, seconds))
    print(f"{dashboards} dashboards, {_RATE:,} hits/s, {seconds} s\n")
    print(f"{'':16} {'answers':>9} {'failed':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")
    for name, times, statuses, good in (
        ("queries", wall.times, wall.statuses, 200),
        ("acknowledgements", hits.latencies, hits.statuses, 202),
    ):
        cells = (f"{_part(times, part) * 1e3:8.1f}" for part in (0.5, 0.95, 0.99))
        print(f"{name:16} {len(times):9,} {statuses.total() - statuses[good]:7,}", *cells)


async def _run(port: int, year: Year, dashboards: int, seconds: int) -> tuple[Pace, Wall]:
    requests = singly(stream(Random(1)))
    await Pace(requests, _RATE, _WARM_UP).run(port, _CONNECTIONS)
    hits, wall = Pace(requests, _RATE, seconds), Wall(port, year)
    await asyncio.gather(
        _send(hits, port),
        *(wall.keep_open(number, seconds, dashboards) for number in range(dashboards)),
    )
    await wall.close()
    return hits, wall


async def _send(hits: Pace, port: int) -> None:
    try:
        await hits.run(port, _CONNECTIONS)
    except TimeoutError:
        print("the server cannot keep up: hits were left without an answer\n")


@contextmanager
def _run_folder(folder: Path) -> Iterator[None]:
    """Give the collector its folder in RAM, as long as it runs."""
    with TemporaryDirectory(dir="/dev/shm") as ram:
        link = folder / "run"
        link.symlink_to(ram)
        try:
            yield
        finally:
            link.unlink()


def _part(times: array, part: float) -> float:
    return sorted(times)[int(part * (len(times) - 1))]
