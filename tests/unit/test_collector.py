"""Hits that arrive together, failures of the spool, and midnights, under a clock of our own."""

import asyncio
import logging
import threading
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

import orjson
import pytest

from ingest import collector
from ingest.anonymize.browser import read_browser
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.collector import Collector
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.problem import Problem
from ingest.receive.sender import Sender
from ingest.settings import Settings, Site
from ingest.spool.spool import Spool
from ingest.spool.transaction import SpoolError
from ingest.store.drops import DropReason
from ingest.store.records import Records
from ingest.store.tables import COUNTERS
from ingest.visit import handover
from ingest.visit.handover import Handover
from ingest.visit.keys import Keyring

PARIS = ZoneInfo("Europe/Paris")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Collecting:
    """A collector with all that it works on, at a time that stands still."""

    def __init__(self, folder, places):
        settings = Settings(sites=(Site("example.com", PARIS), Site("other.example", PARIS)))
        self.keys = Keyring()
        self.spool = Spool(folder / "spool.sqlite3", 2**30, 0)
        self.handover = Handover(None)
        self.pipeline = Pipeline(settings, places, self.keys)
        self.pressure = 0
        self.collector = Collector(
            self.pipeline, self.spool, self.handover, lambda: self.now, lambda: self.pressure
        )
        self.set_time("2026-11-23 12:00")

    def set_time(self, moment):
        self.now = datetime.fromisoformat(moment).replace(tzinfo=PARIS).timestamp() + 0.9

    def hit(self, person="ada", page="/", site="example.com", **changes):
        event = {"n": "pageview", "u": f"https://example.com{page}", "d": site} | changes
        sender = Sender("90.1.2.77", read_browser(f"{FIREFOX} {person}", "fr"), False, False)
        return read_event(orjson.dumps(event), sender)

    async def send(self, *hits):
        """Send hits at once; return what each is told."""
        collecting = [self.collector.collect(hit) for hit in hits]
        return await asyncio.gather(*collecting, return_exceptions=True)

    def spooled(self, table="traffic", **key):
        """Return the summed counters that are not 0 of the records with that key."""
        parts = self.spool._database.execute("SELECT batch, records FROM part ORDER BY id")
        names = ("site", "dimension", "hour", "value", *COUNTERS)
        rows = [
            dict(zip(names, row, strict=True))
            for _, batch in groupby(parts, key=itemgetter(0))
            for row in zip(*Records.decode([part for _, part in batch]).columns[table], strict=True)
        ]
        rows = [row for row in rows if all(row[name] == value for name, value in key.items())]
        sums = {name: sum(row[name] for row in rows) for name in COUNTERS}
        return {name: amount for name, amount in sums.items() if amount}

    async def until(self, is_so):
        """Wait until something is so, or fail."""
        async with asyncio.timeout(60):
            while not is_so():  # noqa: ASYNC110 (there is no event to wait for)
                await asyncio.sleep(0.01)

    def day_has_ended(self):
        return not self.pipeline._memory.visits._days


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a scene with a collector that is started and stopped."""
    monkeypatch.setattr(collector, "_SWEEP_EVERY", 0.01)
    places = Places(bundled_country(), bundled_provider())

    def run(scene):
        async def started():
            collecting = Collecting(tmp_path, places)
            await collecting.collector.start()
            try:
                await scene(collecting)
            finally:
                await collecting.collector.stop()
                collecting.spool.close()

        asyncio.run(started())

    yield run
    places.close()


def test_hits_that_arrive_together_share_a_part_and_each_is_answered(run):
    async def scene(it):
        told = await it.send(it.hit("ada"), it.hit("bob"), it.hit(site="unknown.example"))
        assert told == [None, None, DropReason.UNKNOWN_SITE]
        assert len(it.spool) == 1
        assert it.spooled(dimension="")["visits"] == 2

    run(scene)


def test_a_hit_for_several_sites_is_dropped_only_if_it_is_for_all(run):
    async def scene(it):
        both, none = "example.com,other.example", "a.example,b.example"
        told = await it.send(
            it.hit(site=both), it.hit("bob", site=f"{none},other.example"), it.hit(site=none)
        )
        assert told == [None, None, DropReason.UNKNOWN_SITE]
        assert it.spooled(site="example.com", dimension="")["visits"] == 1
        assert it.spooled(site="other.example", dimension="")["visits"] == 2

    run(scene)


def test_a_hit_is_answered_only_after_it_is_on_disk(run):
    async def scene(it):
        told = []
        it.spool.on_synced = lambda: told.append(len(it.spool))
        await it.send(it.hit())
        assert told == [1]

    run(scene)


def test_r2_what_the_spool_refused_is_not_counted_and_told_with_a_time(run, caplog, monkeypatch):
    monkeypatch.setattr(collector, "_CLOSED_FOR", 0.0)

    async def scene(it):
        await it.send(it.hit(page="/a"))
        append, it.spool.append = it.spool.append, refuse
        (problem,) = await it.send(it.hit(page="/b", n="Signup"))
        assert isinstance(problem, Problem)
        assert (problem.status, problem.retry_after > 0) == (503, True)
        it.spool.append = append
        assert await it.send(it.hit(page="/c")) == [None]
        totals = it.spooled(dimension="")
        assert (totals["visits"], totals["pageviews"], totals["visitors"]) == (1, 2, 1)
        assert not totals.keys() & {"events", "bounces"}
        assert it.spooled(dimension="page", value="/b") == {}

    with caplog.at_level(logging.WARNING):
        run(scene)
    assert "hits are refused" in caplog.text


def refuse(_):
    raise SpoolError("the spool cannot be written")


def test_one_group_that_fails_ends_nothing(run, monkeypatch):
    monkeypatch.setattr(collector, "_CLOSED_FOR", 0.0)

    async def scene(it):
        append, it.spool.append = it.spool.append, lambda _: 1 / 0
        told = await it.send(it.hit("ada"), it.hit("bob"))
        assert [type(error) for error in told] == [ZeroDivisionError] * 2
        it.spool.append = append
        assert await it.send(it.hit("ada"), it.hit("bob")) == [None, None]
        assert it.spooled(dimension="")["visits"] == 2

    run(scene)


def test_hits_give_way_to_shipping_under_pressure_alone(run, monkeypatch):
    monkeypatch.setattr(collector, "_REST", 10**9)
    monkeypatch.setattr(collector, "_LONGEST_REST", 7.0)
    sleep, rests = asyncio.sleep, []

    async def note(seconds):
        rests.append(seconds)
        await sleep(min(seconds, 0.01))

    async def scene(it):
        monkeypatch.setattr(asyncio, "sleep", note)
        assert await it.send(it.hit()) == [None]
        assert await it.send(it.hit()) == [None]
        assert 7.0 not in rests
        it.pressure = 0.5
        assert await it.send(it.hit()) == [None]
        assert await it.send(it.hit()) == [None]
        assert 7.0 in rests

    run(scene)


def test_a_visit_goes_on_over_midnight(run):
    async def scene(it):
        it.set_time("2026-11-23 23:50")
        await it.send(it.hit())
        it.set_time("2026-11-24 00:10")
        await it.until(it.day_has_ended)
        await it.send(it.hit())
        totals = it.spooled(dimension="")
        assert (totals["visits"], totals["visitors"], totals["duration"]) == (1, 2, 1200)

    run(scene)


def test_a_hit_that_waits_over_midnight_is_nobody_new(run):
    async def scene(it):
        it.set_time("2026-11-23 22:00")
        await it.send(it.hit())
        it.set_time("2026-11-23 23:59:58")
        is_synced = threading.Event()
        it.spool.on_synced = lambda: is_synced.wait(60)
        first = asyncio.create_task(it.send(it.hit("bob")))
        await it.until(lambda: len(it.spool) == 2)
        it.set_time("2026-11-23 23:59:59")
        second = asyncio.create_task(it.send(it.hit()))
        await it.until(lambda: it.collector._group)
        it.set_time("2026-11-24 00:00:01")
        await asyncio.sleep(0.05)
        is_synced.set()
        await asyncio.gather(first, second)
        await it.until(it.day_has_ended)
        assert it.spooled(dimension="")["visitors"] == 2
        assert it.spooled(dimension="page", value="/")["visitors"] == 2

    run(scene)


@pytest.mark.parametrize(
    ("seen", "forgotten"),
    [("22:00", "2026-11-24 00:00:00"), ("23:50", "2026-11-24 00:30:01")],
)
def test_p6_a_key_that_is_forgotten_is_nowhere_in_memory(run, seen, forgotten):
    async def scene(it):
        it.set_time(f"2026-11-23 {seen}")
        await it.send(it.hit())
        ((*_, key),) = it.keys.all()
        assert key in b"".join(it.handover.frames())
        it.set_time("2026-11-24 00:00:00")
        await it.until(it.day_has_ended)
        it.set_time(forgotten)
        await it.until(lambda: not it.keys.all())
        await it.until(lambda: key not in b"".join(it.handover.frames()))
        assert it.keys.take_new() == []

    run(scene)


def test_notes_that_have_grown_long_give_way_to_a_new_frozen_memory(run, monkeypatch):
    monkeypatch.setattr(handover, "_NOTES_LIMIT", 0)

    async def scene(it):
        begun = it.handover._frozen_end
        for number in range(1_000):
            assert await it.send(it.hit(f"person-{number % 20}", f"/{number % 7}")) == [None]
            if it.handover._frozen_end != begun:
                break
        else:
            pytest.fail("the notes only grow")
        assert len(it.handover.frames()) < number
        assert it.spooled(dimension="")["pageviews"] == number + 1

    run(scene)
