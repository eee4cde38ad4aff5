"""The disk or the spool is full: 503, nothing lost, and it goes on when there is room."""

from tests.faults.books import REFUSED
from tests.faults.proxy import Mode
from tests.faults.small_disk import small_disk
from tests.faults.trial import Trial

MEGABYTE = 1024 * 1024
RESTS, GOES_ON = "ClickHouse rests", "ClickHouse goes on"


def test_disk_fills_and_is_cleared(tmp_path, clickhouse, proxy, report):
    """ClickHouse is away, so that the spool grows, with too little room or none at all."""
    url = clickhouse.url_at(proxy.port)
    settings = "disk_floor = 0"
    with (
        small_disk(tmp_path / "disk", 64) as disk,
        Trial(
            tmp_path, url, direct=clickhouse.url, settings=settings, data=disk.path / "data"
        ) as trial,
    ):
        trial.wait_until(lambda: trial.counted() > 0)
        for leave in (0, 4096, 16384):
            proxy.switch(Mode.REFUSE)
            trial.wait_for_hits(100)
            disk.fill(leave)
            trial.wait_for_hits(50, REFUSED)
            disk.clear()
            trial.wait_for_hits(100)
            proxy.switch(Mode.PASS)
        report("spool's disk full", 3, trial.finish())


def test_kill_while_the_disk_is_full(tmp_path, clickhouse, report):
    """It starts on the full disk too, and refuses hits until there is room."""
    with (
        small_disk(tmp_path / "disk", 64) as disk,
        Trial(
            tmp_path, clickhouse.url, settings="disk_floor = 0", data=disk.path / "data"
        ) as trial,
    ):
        trial.wait_for_hits(100)
        disk.fill()
        trial.wait_for_hits(50, REFUSED)
        trial.collector.kill()
        trial.collector.start()
        trial.wait_for_hits(50, REFUSED)
        disk.clear()
        trial.wait_for_hits(100)
        report("spool's disk full, and kill -9", 1, trial.finish())


def test_disk_of_the_embedded_clickhouse_fills(tmp_path, report):
    """Below the floor ClickHouse rests; so a disk that is full in the end damages no merge."""
    with (
        small_disk(tmp_path / "disk", 512) as disk,
        Trial(tmp_path, data=disk.path / "data") as trial,
    ):
        trial.wait_until(lambda: trial.counted() > 0)
        for run in range(1, 4):
            disk.fill(leave=200 * MEGABYTE)
            trial.wait_until(lambda: told(trial, RESTS) == run)  # noqa: B023
            disk.fill()
            trial.wait_for_hits(50, REFUSED)
            disk.clear()
            trial.wait_until(lambda: told(trial, GOES_ON) == run)  # noqa: B023
            trial.wait_for_hits(100)
        report("disk of spool and embedded ClickHouse full", 3, trial.finish())


def told(trial, what):
    return trial.collector.log.read_text().count(what)


def test_floor_keeps_some_of_the_disk_free(tmp_path, clickhouse, report):
    """With the default floor of 256 MiB, hits are refused while there still is room."""
    with (
        small_disk(tmp_path / "disk", 300) as disk,
        Trial(tmp_path, clickhouse.url, data=disk.path / "data") as trial,
    ):
        for _ in range(2):
            trial.wait_for_hits(100)
            disk.fill(leave=200 * MEGABYTE)
            trial.wait_for_hits(50, REFUSED)
            disk.clear()
        trial.wait_for_hits(100)
        report("little room on the disk", 2, trial.finish())


def test_spool_reaches_its_limit(tmp_path, clickhouse, proxy, report):
    """Also found full at the start, after a kill."""
    url = clickhouse.url_at(proxy.port)
    with Trial(tmp_path, url, direct=clickhouse.url, settings="spool_limit = 300_000") as trial:
        proxy.switch(Mode.REFUSE)
        trial.wait_for_hits(50, REFUSED)
        trial.collector.kill()
        trial.collector.start()
        trial.wait_for_hits(50, REFUSED)
        proxy.switch(Mode.PASS)
        trial.wait_for_hits(100)
        report("spool full, and kill -9", 1, trial.finish())
