"""Minute by minute, whether a hit costs more the longer the collector runs."""

from pathlib import Path
from random import Random

from counted import Sent
from lane import Figures, Lane, singly
from servers import collector
from stream import stream

_MINUTE = 60


def run(folder: Path, minutes: int, connections: int) -> Sent:
    """Print each minute's figures, and the last minute's against the second's."""
    with collector(folder) as server:
        lane = Lane("/api/event", server, singly, 1, connections)
        # All are written ahead: while hits are made up, the collector would rest.
        files = [
            lane.prepare(folder / f"requests-{minute}", stream(Random(minute)))
            for minute in range(minutes)
        ]
        print("minute   hits/s  CPU µs a hit  RSS MB  p50 ms  p99 ms")
        table = [_measure(lane, file, minute) for minute, file in enumerate(files, start=1)]
        server.settle()
        acknowledged = server.acknowledged()
    if minutes > 1:
        last, second = table[-1], table[1]
        print(f"\nlast minute : second minute  {last.rate / second.rate:.3f} of the rate,", end=" ")
        print(f"{last.cost / second.cost:.3f} of the CPU a hit")
    return Sent(acknowledged, lane.seen, lane.unread)


def _measure(lane: Lane, file: Path, minute: int) -> Figures:
    figures = lane.measure(file, _MINUTE)
    print(
        f"{minute:6}  {figures.rate:7,.0f}  {figures.cost * 1e6:12.1f}  {figures.resident:6.0f}"
        f"  {figures.run.p50:6.1f}  {figures.run.p99:6.1f}",
        flush=True,
    )
    return figures
