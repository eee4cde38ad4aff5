"""Starts that find something wrong: it is told, and hits are counted."""

import contextlib
import random
import sqlite3
import subprocess

import pytest

from tests.faults.collector import Collector
from tests.faults.proxy import Mode


def test_a_second_collector_is_refused(tmp_path):
    with Collector(tmp_path) as first:
        (tmp_path / "other").mkdir()
        second = Collector(tmp_path / "other", data=first.data)
        second.launch()
        assert second.process.wait(timeout=60) == 2
        lines = [line for line in second.log.read_text().splitlines() if "footfall:" in line]
        assert len(lines) == 1
        assert str(first.data) in lines[0]
        assert "Traceback" not in second.log.read_text()
        assert first.view("/still") == 202


def garbage(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def hole(content: bytes) -> bytes:
    """Damage in the middle: the head still looks right."""
    middle = len(content) // 3
    return content[:middle] + garbage(content[middle : 2 * middle]) + content[2 * middle :]


@pytest.mark.parametrize("damage", [garbage, hole])
def test_damaged_spool(tmp_path, clickhouse, proxy, damage):
    with Collector(tmp_path, clickhouse.url_at(proxy.port)) as collector:
        proxy.switch(Mode.REFUSE)
        for number in range(200):
            assert collector.view(f"/lost/{number}") == 202
        assert collector.stop() == 0
        spool = collector.data / "spool.sqlite3"
        damaged = damage(spool.read_bytes())
        spool.write_bytes(damaged)
        collector.start()
        aside = sorted(collector.data.glob("*.damaged-*"))
        assert damaged in [path.read_bytes() for path in aside]
        assert min(path.name for path in aside) in collector.log.read_text()
        proxy.switch(Mode.PASS)
        assert collector.view("/kept") == 202
        kept = "SELECT sum(pageviews) FROM traffic WHERE dimension = 'page' AND value = '/kept'"
        collector.wait_until(lambda: clickhouse.query(kept) == [(1,)])


def test_spool_that_is_busy_is_not_taken_for_damaged(tmp_path, clickhouse, proxy):
    """Some other program holds it, such as one that makes a copy; its hits must not be lost."""
    proxy.switch(Mode.REFUSE)
    with Collector(tmp_path, clickhouse.url_at(proxy.port)) as collector:
        assert collector.view("/waits") == 202
        collector.kill()
        other = sqlite3.connect(collector.data / "spool.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        collector.launch()
        with contextlib.suppress(subprocess.TimeoutExpired):
            collector.process.wait(timeout=10)
        collector.kill()
        other.close()
        assert [path for path in collector.data.iterdir() if ".damaged" in path.name] == []
        proxy.switch(Mode.PASS)
        collector.start()
        views = "SELECT sum(pageviews) FROM traffic WHERE dimension = ''"
        collector.wait_until(lambda: clickhouse.query(views) == [(1,)])


def test_damaged_handover(tmp_path, clickhouse):
    """Visits may begin anew; no hit is lost."""
    damages = (garbage, half, hole, lambda _: b"")
    with Collector(tmp_path, clickhouse.url) as collector:
        for damage in damages:
            assert collector.view("/a") == 202
            collector.kill()
            collector.log.write_text("")
            collector.handover.write_bytes(damage(collector.handover.read_bytes()))
            collector.start()
            assert "handover" in collector.log.read_text()
        views = "SELECT sum(pageviews) FROM traffic WHERE dimension = ''"
        collector.wait_until(lambda: clickhouse.query(views) == [(len(damages),)])


def test_handover_that_others_may_read_or_point_elsewhere(tmp_path):
    with Collector(tmp_path) as collector:
        assert collector.view("/a") == 202
        collector.kill()
        victim = tmp_path / "victim"
        victim.write_text("mine")
        collector.handover.unlink()
        collector.handover.symlink_to(victim)
        collector.start()
        assert collector.view("/b") == 202
        collector.kill()
        assert victim.read_text() == "mine"
        assert not collector.handover.is_symlink()
        collector.handover.chmod(0o644)
        collector.start()
        assert "handover" in collector.log.read_text()
        assert collector.handover.stat().st_mode & 0o777 == 0o600


def test_no_handover_forgets(tmp_path, clickhouse):
    with Collector(tmp_path, clickhouse.url, "--no-handover") as collector:
        assert collector.view("/a") == 202
        assert not collector.handover.exists()
        assert collector.stop() == 0
        assert not collector.handover.exists()
        collector.start()
        assert collector.view("/b") == 202
        visits = "SELECT sum(visits) FROM traffic WHERE dimension = ''"
        collector.wait_until(lambda: clickhouse.query(visits) == [(2,)])


def test_damaged_embedded_database(tmp_path):
    """Hits are acknowledged; when the database is mended, all of them are counted."""
    with Collector(tmp_path) as collector:
        assert collector.view("/a") == 202
        collector.wait_until(lambda: collector.pageviews() == 1)
        assert collector.stop() == 0
        for files, views in (("*.sql", 3), ("data.bin", 5), ("primary.cidx", 7)):
            whole = {p: p.read_bytes() for p in (collector.data / "clickhouse").rglob(files)}
            assert whole
            for path, content in whole.items():
                path.write_bytes(garbage(content))
            collector.start()
            assert collector.view("/b") == 202
            collector.kill()
            for path, content in whole.items():
                path.write_bytes(content)
            collector.start()
            assert collector.view("/c") == 202
            collector.wait_until(lambda views=views: collector.pageviews() == views)
            assert collector.stop() == 0
