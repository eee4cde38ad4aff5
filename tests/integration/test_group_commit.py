"""An acknowledgment means synced; hits that arrive together share a sync; a failure counts nothing."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from server import BROWSER

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.anonymize.raw_hit import RawHit
from ingest.collector import Collector
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Settings, Site
from ingest.spool.reading import read_batch
from ingest.spool.spool import Spool
from ingest.spool.transaction import SpoolError
from ingest.store.records import Records
from ingest.store.tables import COUNTERS
from ingest.visit.handover import Handover
from ingest.visit.keys import Keyring

NOON = 1_795_435_200


class FailingSpool(Spool):
    """A spool whose disk fails while it is told to."""

    fails = False

    def append(self, records: Records) -> None:
        if self.fails:
            raise SpoolError("the disk fails")
        super().append(records)


@pytest.fixture(scope="module")
def places():
    opened = Places(bundled_country(), bundled_provider())
    yield opened
    opened.close()


@pytest.fixture
def spool(tmp_path):
    opened = FailingSpool(tmp_path / "spool.sqlite3", limit=10_000_000, disk_floor=0)
    yield opened
    opened.close()


@asynccontextmanager
async def collecting(spool, places):
    settings = Settings(sites=(Site("example.com"),))
    pipeline = Pipeline(settings, places, Keyring())
    collector = Collector(pipeline, spool, Handover(None), lambda: NOON, lambda: 0)
    await collector.start()
    yield collector
    await collector.stop()


def hit(page: str) -> RawHit:
    headers = [(name.encode(), value.encode()) for name, value in BROWSER.items()]
    body = f'{{"n": "pageview", "u": "https://example.com{page}", "d": "example.com"}}'
    return read_event(body.encode(), read_sender(headers, "203.0.113.7", Proxies([])))


def totals(spool, *counters: str) -> list[int]:
    sums = Counter()
    while batch := spool.next_batch():
        for row in zip(*read_batch(spool.path, batch.number).columns["traffic"], strict=True):
            if row[1] == "":
                sums.update(dict(zip(COUNTERS, row[4:], strict=True)))
        spool.remove(batch)
    return [sums[counter] for counter in counters]


def test_an_answer_comes_after_its_sync(spool, places):
    order = []
    spool.on_synced = lambda: order.append("synced")

    async def run():
        async with collecting(spool, places) as collector:
            assert await collector.collect(hit("/")) is None
            order.append("answered")

    asyncio.run(run())
    assert order == ["synced", "answered"]


def test_hits_that_arrive_together_share_syncs(spool, places):
    syncs = []
    spool.on_synced = lambda: syncs.append(1)

    async def run():
        async with collecting(spool, places) as collector:
            answers = await asyncio.gather(*(collector.collect(hit("/")) for _ in range(500)))
            assert answers == [None] * 500

    asyncio.run(run())
    assert 1 <= len(syncs) <= 5
    assert totals(spool, "pageviews", "visits", "visitors") == [500, 1, 1]


def test_what_a_failing_disk_refuses_is_not_counted_and_not_remembered(spool, places, monkeypatch):
    monkeypatch.setattr("ingest.collector._CLOSED_FOR", 0)

    async def run():
        async with collecting(spool, places) as collector:
            await collector.collect(hit("/"))
            spool.fails = True
            for page in ("/", "/new"):
                with pytest.raises(Problem) as refused:
                    await collector.collect(hit(page))
                assert refused.value.status == 503
                assert refused.value.retry_after > 0
            spool.fails = False

    asyncio.run(run())
    assert totals(spool, "pageviews", "visits", "bounces") == [1, 1, 1]


def test_a_visit_goes_on_after_a_failure_as_if_there_had_been_none(spool, places, monkeypatch):
    monkeypatch.setattr("ingest.collector._CLOSED_FOR", 0)

    async def run():
        async with collecting(spool, places) as collector:
            for page, fails in (("/", False), ("/a", True), ("/a", False), ("/", False)):
                spool.fails = fails
                try:
                    await collector.collect(hit(page))
                except Problem:
                    assert fails

    asyncio.run(run())
    assert totals(spool, "pageviews", "visits", "visitors", "bounces") == [3, 1, 1, 0]


def test_a_full_spool_refuses_at_once_and_takes_hits_again_when_it_is_shipped(tmp_path, places):
    spool = Spool(tmp_path / "spool.sqlite3", limit=20_000, disk_floor=0)

    async def run():
        async with collecting(spool, places) as collector:
            while spool.has_room():
                await collector.collect(hit("/"))
            with pytest.raises(Problem) as refused:
                await collector.collect(hit("/"))
            assert refused.value.retry_after > 0
            while batch := spool.next_batch():
                spool.remove(batch)
            await collector.collect(hit("/"))
            assert len(spool) == 1

    asyncio.run(run())
    spool.close()


def test_too_little_free_disk_refuses(tmp_path, places):
    spool = Spool(tmp_path / "spool.sqlite3", limit=10_000_000, disk_floor=2**62)

    async def run():
        async with collecting(spool, places) as collector:
            with pytest.raises(Problem) as refused:
                await collector.collect(hit("/"))
            assert refused.value.status == 503

    asyncio.run(run())
    spool.close()
