"""SIGKILL at random moments: while hits come in, are shipped, or are recovered at the start."""

import os
import random
import time

import pytest
from clickhouse import ClickHouse

from tests.faults.trial import Trial

KILLS = int(os.environ.get("FAULT_KILLS", "25"))
"""In all tests here together."""
SEED = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(1_000_000)))
LONGEST_LIFE = 2.0
"""Seconds, in which some do not get over their start."""
HITS_OF_A_LIFE = 40
"""Of every other life, before its seconds."""


@pytest.fixture
def dice(record_property):
    record_property("FAULT_SEED", SEED)
    return random.Random(SEED)


def kill_again_and_again(trial: Trial, kills: int, dice: random.Random) -> None:
    for kill in range(kills):
        if kill % 2:
            trial.wait_for_hits(HITS_OF_A_LIFE)
        time.sleep(dice.uniform(0.05, LONGEST_LIFE))
        trial.collector.kill()
        trial.collector.launch()
    trial.wait_for_hits(1)


def test_kill_with_embedded_clickhouse(tmp_path, dice, report):
    kills = KILLS * 2 // 5
    with Trial(tmp_path) as trial:
        kill_again_and_again(trial, kills, dice)
        report("kill -9, embedded ClickHouse", kills, trial.finish())


def test_kill_of_the_process_beside(tmp_path, dice, report):
    kills = KILLS * 2 // 5
    with Trial(tmp_path) as trial:
        for _ in range(kills):
            trial.wait_for_hits(HITS_OF_A_LIFE)
            time.sleep(dice.uniform(0.05, LONGEST_LIFE))
            trial.collector.kill_beside()
        report("kill -9, the process that ships", kills, trial.finish())


def test_kill_with_a_clickhouse_server(tmp_path, clickhouse, dice, report):
    kills = KILLS * 2 // 5
    with Trial(tmp_path, clickhouse.url) as trial:
        kill_again_and_again(trial, kills, dice)
        report("kill -9, ClickHouse server", kills, trial.finish())


def test_kill_both(tmp_path, clickhouse: ClickHouse, dice, report):
    kills = KILLS // 5
    with Trial(tmp_path, clickhouse.url) as trial:
        for _ in range(kills):
            time.sleep(dice.uniform(0.05, LONGEST_LIFE))
            both = [clickhouse.kill, trial.collector.kill]
            dice.shuffle(both)
            for kill in both:
                kill()
            trial.collector.launch()
            time.sleep(dice.uniform(0, 1))
            clickhouse.start()
        trial.wait_for_hits(1)
        report("kill -9, collector and ClickHouse server", kills, trial.finish())
