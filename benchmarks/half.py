"""How long acknowledgements take at half the rate: alone, and while a dashboard asks heavy questions.

A year of rows lies in many parts then, which ClickHouse merges while hits arrive. The no-op
application at the same rate shows what is the machine's own doing.
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import NamedTuple

import history
import orjson
import uvloop
from counted import Sent
from lane import Lane, singly
from pace import Pace
from servers import KEY, collector, noop
from stream import DOMAIN, stream

_SITES = (DOMAIN, history.SITE)
_QUERY = {
    "site_id": history.SITE,
    "metrics": ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"],
    "date_range": "12mo",
    "dimensions": ["time:day", "event:page"],
}
"""Each time another page of it, of 10,000 rows or so, lest its answer be one that is kept."""
_WARM_UP = 3
"""Seconds."""


class _Load(NamedTuple):
    """A steady load."""

    rate: float
    """Hits a second."""
    seconds: int
    connections: int


class _Answers(NamedTuple):
    """What became of a load."""

    warm_up: Pace
    measured: Pace
    core: float
    """How much of its core the sender needed, 0 to 1."""

    @property
    def number(self) -> int:
        return len(self.warm_up.latencies) + len(self.measured.latencies)


def run(folder: Path, rounds: int, seconds: int, connections: int) -> Sent:
    """Print the rate, and how long answers take at half of it."""
    with collector(folder, _SITES) as server:
        lane = Lane("/api/event", server, singly, 1, connections)
        file = lane.prepare(folder / "requests", stream(Random(0)))
        lane.measure(file, _WARM_UP)
        load = _Load(_most(lane, file, rounds, seconds) / 2, seconds, connections)
        server.settle()
        with noop() as nothing:
            quiet = uvloop.run(_send(nothing.port, load))
        alone = uvloop.run(_send(server.port, load))
        server.settle()
        acknowledged = server.acknowledged()
    before = _lay_in_history(folder / "data")
    with collector(folder, _SITES) as server:
        busy, asked = uvloop.run(_send_and_ask(server.port, load))
        server.settle()
        acknowledged += server.acknowledged()
    print("                p50 ms  p99 ms  most ms  sender's core")
    _print("no-op", quiet)
    _print("alone", alone)
    _print("under queries", busy)
    print(f"{len(asked)} queries, {mean(asked):.2f} s each;", end=" ")
    print(f"ClickHouse merged {before} parts to {history.parts(folder / 'data')}")
    return Sent(acknowledged, lane.seen + alone.number + busy.number, lane.unread)


def _most(lane: Lane, file: Path, rounds: int, seconds: int) -> float:
    rate = median(lane.measure(file, seconds).rate for _ in range(rounds))
    print(f"at most {rate:,.0f} hits/s, so {rate / 2:,.0f} are sent\n")
    return rate


def _lay_in_history(data: Path) -> int:
    """Return how many parts it is in."""
    # By a process of its own: an engine that was opened in this one might go on merging.
    command = [sys.executable, history.__file__, str(data)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


async def _send(port: int, load: _Load) -> _Answers:
    number = int(load.rate * (load.seconds + _WARM_UP)) + 2
    # Made up ahead, and out of the garbage collector's sight: the sender must not be what is slow.
    requests = iter(list(islice(singly(stream(Random(1))), number)))
    gc.freeze()
    warm_up = await _pace(port, requests, load, _WARM_UP)
    before = time.process_time()
    measured = await _pace(port, requests, load, load.seconds)
    return _Answers(warm_up, measured, (time.process_time() - before) / load.seconds)


async def _pace(port: int, requests: Iterator[bytes], load: _Load, seconds: int) -> Pace:
    pace = Pace(requests, load.rate, seconds)
    await pace.run(port, load.connections)
    assert set(pace.statuses) == {202}, pace.statuses
    return pace


async def _send_and_ask(port: int, load: _Load) -> tuple[_Answers, list[float]]:
    """Return also how many seconds each query took."""
    asked: list[float] = []
    asking = asyncio.create_task(_ask_on(port, asked))
    answers = await _send(port, load)
    assert not asking.done(), asking.exception()
    asking.cancel()
    return answers, asked


async def _ask_on(port: int, asked: list[float]) -> None:
    while True:
        start = time.monotonic()
        await asyncio.to_thread(_ask, port, len(asked))
        asked.append(time.monotonic() - start)


def _ask(port: int, offset: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {KEY}", "accept-encoding": "gzip"}
    query = _QUERY | {"pagination": {"offset": offset}}
    connection.request("POST", "/api/v2/query", orjson.dumps(query), headers)
    with connection.getresponse() as answer:
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()


def _print(name: str, answers: _Answers) -> None:
    times = (answers.measured.percentile(part) for part in (0.5, 0.99, 1))
    print(f"{name:<14}", *(f"{each:7.1f}" for each in times), f"{answers.core:14.0%}")
