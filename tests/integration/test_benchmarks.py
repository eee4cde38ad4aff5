"""The benchmarks that need no other program run, on little, against the real thing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(name: str, *arguments: str) -> list[list[str]]:
    """Run a benchmark; return the words of each line it printed."""
    printed = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / name), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ).stdout
    return [line.split() for line in printed.splitlines()]


def test_memory_is_told_before_and_after():
    _, empty, some, all_of_them, empty_sites, sites = run(
        "memory.py", "--visitors", "50", "--sites", "2"
    )
    assert [row[:2] for row in (empty, some, all_of_them)] == [["1", "0"], ["1", "5"], ["1", "50"]]
    assert [row[:2] for row in (empty_sites, sites)] == [["2", "0"], ["2", "200"]]
    assert 0 < float(all_of_them[2]) <= float(all_of_them[3])


def test_a_profile_has_every_step():
    _, *rows = run("profile.py", "--hits", "6400")
    steps = [" ".join(row[:-3]) for row in rows]
    assert steps == ["receive", "anonymize", "handover", "visit, fold", "spool", "store", "all"]
    assert all(float(row[-3]) > 0 for row in rows)


def test_an_audience_is_told_by_each_way_of_counting():
    _, *rows = run("accuracy.py", "--most", "1000")
    shares = {(row[0], " ".join(row[1:-2])): float(row[-1].rstrip("%")) for row in rows}
    assert len(shares) == 9
    for audience in ("home", "mobile", "office"):
        ways = [shares[audience, way] for way in ("prefix, exempt", "prefix", "address")]
        assert 0 < ways[0] <= ways[1] <= ways[2] <= 100
