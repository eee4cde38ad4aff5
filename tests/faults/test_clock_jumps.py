"""The wall clock jumps: forward, back, over midnight, over a change of summer time."""

import random
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.faults.expectation import Scope
from tests.faults.fake_clock import FakeClock
from tests.faults.scene import Scene
from tests.faults.trial import Trial

ZONE = "Europe/Berlin"
HOUR = 3600
VISITORS = range(6)


class Jump(NamedTuple):
    """Where the clock stands, at the site, and the seconds by which it jumps, one after another."""

    name: str
    start: str
    seconds: tuple[int, ...]


JUMPS = [
    Jump("forward", "2026-06-10T12:10", (600, 2 * HOUR, 5 * HOUR)),
    Jump("back", "2026-06-11T12:20", (-600, -2 * HOUR, -5 * HOUR)),
    Jump("there and back", "2026-06-12T12:10", (2 * HOUR, -2 * HOUR, 2 * HOUR)),
    Jump("over midnight", "2026-06-13T23:50", (20 * 60, HOUR, 24 * HOUR)),
    Jump("into summer time", "2026-03-29T01:50", (20 * 60, 20 * 60, HOUR)),
    Jump("out of summer time", "2026-10-25T02:50", (20 * 60, HOUR, HOUR)),
    Jump("by a year", "2025-12-31T23:50", (366 * 24 * HOUR,)),
]
"""None goes back over midnight: who came that day has been forgotten, as it should be."""


@pytest.mark.parametrize("kills", [False, True], ids=["running", "killed"])
def test_clock_jumps(tmp_path, clickhouse, report, kills):
    """With the collector running, or killed before a jump and started after it."""
    clock = FakeClock(tmp_path)
    options = {"timezone": ZONE, "environment": clock.environment, "clock": clock.time}
    with Scene(tmp_path, clickhouse, **options) as scene:
        for jump in JUMPS:
            clock.set(datetime.fromisoformat(jump.start).replace(tzinfo=ZoneInfo(ZONE)))
            scene.view([*VISITORS, *VISITORS])
            if kills:
                scene.collector.kill()
            for number, seconds in enumerate(jump.seconds):
                clock.jump(seconds)
                if kills and not number:
                    scene.collector.start()
                scene.view([*VISITORS, *VISITORS])
        jumps = sum(len(jump.seconds) for jump in JUMPS)
        report(f"clock jumps{', and kill -9' * kills}", jumps, scene.judge(Scope.TIMED))


def test_clock_jumps_under_load(tmp_path, clickhouse, report):
    dice = random.Random(7)
    clock = FakeClock(tmp_path)
    options = {"environment": clock.environment, "clock": clock.time}
    with Trial(tmp_path, clickhouse.url, **options) as trial:
        for number in range(20):
            clock.jump(dice.randrange(-2 * HOUR, 2 * HOUR))
            trial.wait_for_hits(20)
            if number % 5 == 4:
                trial.collector.kill()
                trial.collector.start()
        report("clock jumps at random, under load, and kill -9", 20, trial.finish(Scope.HITS))


def test_embedded_clickhouse_stands_a_jump(tmp_path, report):
    clock = FakeClock(tmp_path)
    options = {"environment": clock.environment, "clock": clock.time}
    with Trial(tmp_path, **options) as trial:
        for seconds in (2 * HOUR, -4 * HOUR):
            clock.jump(seconds)
            trial.wait_for_hits(100)
        clock.jump(2 * HOUR)
        report("clock jumps, embedded ClickHouse", 3, trial.finish(Scope.HITS))
