"""How much memory a real server needs: for many visitors in a day, and for many sites.

    python benchmarks/memory.py                      1,000,000 visitors; 10,000 sites
    python benchmarks/memory.py --visitors 100000 --sites 1000

Every visitor looks at three pages, one visitor after the other over the 24 hours of a day: the
server's clock is moved on as they come (which takes gcc). With `--at-once` all are on the site at the
same time, and nobody's half hour is over while it runs. RSS is the process, embedded ClickHouse
included; "at most" is the most it ever was, and "handover" the file in RAM beside it.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from random import Random

import uvloop
from pace import flood
from rich.console import Console
from rich.progress import track
from servers import LOAD_CORE, Collector, collector, workplace
from stream import DOMAIN, Hit, Visitor, request, view, visitors

sys.path += [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]
from tests.faults.fake_clock import FakeClock

_PAGES_EACH = 3
_SITE_VISITORS = 100
_SIDE_BY_SIDE = 1_000
"""Visitors who look at pages in turn."""
_CONNECTIONS = 64
_DAY = 23.9 * 3600
"""Seconds over which visitors come, from midnight on."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visitors", type=int, default=1_000_000, help="of one site; 0: none")
    parser.add_argument("--sites", type=int, default=10_000, help="of 100 visitors each; 0: none")
    parser.add_argument("--at-once", action="store_true", help="all in the same minutes")
    options = parser.parse_args()
    day = 0 if options.at_once else _DAY
    os.sched_setaffinity(0, {LOAD_CORE})
    print("  sites   visitors    RSS MB   at most   handover")
    if options.visitors:
        measure([DOMAIN], (options.visitors // 10, options.visitors), day)
    if options.sites:
        sites = [f"site-{number}.example" for number in range(options.sites)]
        measure(sites, (options.sites * _SITE_VISITORS,), day)


def measure(sites: list[str], steps: tuple[int, ...], day: float) -> None:
    """Print the memory at no visitors, and once there were as many as each step says.

    The last of them come `day` seconds after the first.
    """
    chance, before = Random(1), 0
    everyone = visitors(chance, addresses=steps[-1])
    with workplace() as folder:
        clock = FakeClock(folder)
        clock.set(datetime.combine(datetime.now(UTC), time(0, 1), UTC))
        with collector(folder, sites, **clock.environment) as server:
            _print(server, len(sites), 0)
            for step in steps:
                coming = islice(everyone, step - before)
                hits = _hits(coming, sites, chance, clock, day / steps[-1])
                _send(server, hits, (step - before) * _PAGES_EACH)
                _print(server, len(sites), step)
                before = step


def _hits(
    coming: Iterator[Visitor], sites: list[str], chance: Random, clock: FakeClock, apart: float
) -> Iterator[Hit]:
    """Yield the hits of visitors, who are dealt out to the sites in turn, `apart` seconds apart."""
    dealt = 0
    while some := list(islice(coming, _SIDE_BY_SIDE)):
        for _ in range(_PAGES_EACH):
            for number, visitor in enumerate(some, start=dealt):
                yield view(visitor, chance, sites[number % len(sites)])
        dealt += len(some)
        clock.jump(round(apart * len(some)))


def _send(server: Collector, hits: Iterator[Hit], number: int) -> None:
    console = Console(stderr=True)
    shown = track(
        map(request, hits),
        "hits",
        total=number,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    statuses = uvloop.run(flood(server.port, iter(shown), _CONNECTIONS))
    assert statuses == {202: number}, statuses


def _print(server: Collector, sites: int, visitors: int) -> None:
    server.settle()
    print(
        f"{sites:7,}  {visitors:9,}  {server.resident():8.0f}  {server.most_resident():8.0f}"
        f"  {server.handover():9.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
