"""Two lanes measured in turn, so that a noisy machine treats both alike."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from statistics import median

from counted import Sent
from lane import BATCH, Figures, Lane, batched, singly
from servers import collector, noop
from stream import stream

_WARM_UP = 5
"""Seconds."""
_BATCH_CONNECTIONS = 8
"""Servers that send many hits at once are few."""


def with_noop(folder: Path, rounds: int, seconds: int, connections: int) -> Sent:
    """Compare the collector with the no-op application, both taking one hit a request."""
    with noop() as nothing, collector(folder) as server:
        yardstick = Lane("no-op", nothing, singly, 1, connections)
        measured = Lane("/api/event", server, singly, 1, connections)
        _compare((yardstick, measured), folder / "requests", rounds, seconds)
        return Sent(server.acknowledged(), measured.seen, measured.unread)


def with_events(folder: Path, rounds: int, seconds: int, connections: int) -> Sent:
    """Compare a thousand hits a request with one, on the same collector."""
    with collector(folder) as server:
        one = Lane("/api/event", server, singly, 1, connections)
        many = Lane("/api/events", server, batched, BATCH, _BATCH_CONNECTIONS)
        _compare((one, many), folder / "requests", rounds, seconds)
        return Sent(server.acknowledged(), one.seen + many.seen, one.unread + many.unread)


def _compare(lanes: tuple[Lane, Lane], file: Path, rounds: int, seconds: int) -> None:
    """Measure after a warm-up; print each round, and the medians.

    The ratio by CPU time (hits a second of it) is what remains right when others use the machine.
    """
    for lane in lanes:
        lane.measure(lane.prepare(file, stream(Random(0))), _WARM_UP)
        lane.server.settle()
    table: list[list[Figures]] = [[], []]
    print(
        "round  lane           hits/s  ratio   p50 ms   p99 ms  CPU s  CPU µs  RSS MB  drain s    wrk"
    )
    for number in range(1, rounds + 1):
        for lane, column in zip(lanes, table, strict=True):
            # Other hits each round: most that a site gets are of visitors it has not seen today.
            column.append(lane.measure(lane.prepare(file, stream(Random(number))), seconds))
            ratio = column[-1].rate / table[0][-1].rate
            print(_line(number, lane.name, column[-1], ratio, lane.server.settle()), flush=True)
    _print_medians(lanes, table)


def _line(number: int, name: str, figures: Figures, ratio: float, drain: float) -> str:
    run = figures.run
    return (
        f"{number:5}  {name:<11}  {figures.rate:8,.0f}  {ratio:5.3f}  {run.p50:7.1f}  {run.p99:7.1f}"
        f"  {figures.cpu:5.1f}  {figures.cost * 1e6:6.0f}  {figures.resident:6.0f}  {drain:7.1f}  {run.core:5.0%}"
    )


def _print_medians(lanes: tuple[Lane, Lane], table: list[list[Figures]]) -> None:
    print()
    for lane, column in zip(lanes, table, strict=True):
        print(f"{lane.name:<12} {_spread((each.rate for each in column), ',.0f')} hits/s")
        if any(each.run.is_saturated for each in column):
            print(f"{'':12} wrk's core was full: the server may do more than this")
    pairs = list(zip(*table, strict=True))
    print(f"{'ratio':<12} {_spread((two.rate / one.rate for one, two in pairs), '.3f')}")
    print(f"{'by CPU time':<12} {_spread((one.cost / two.cost for one, two in pairs), '.3f')}")


def _spread(values: Iterable[float], form: str) -> str:
    """Return median, least and most."""
    numbers = sorted(values)
    return f"{median(numbers):{form}} ({numbers[0]:{form}} to {numbers[-1]:{form}})"
