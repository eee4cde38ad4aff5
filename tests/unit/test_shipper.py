import asyncio
import threading
import time

import pytest

from ingest.shipper import Shipper
from ingest.spool.spool import Spool
from ingest.store.client import StoreError
from ingest.store.names import names_by
from ingest.store.records import Records, no_sums

NOW = 1_750_000_000


class FakeStore:
    """The network's other end: takes inserts when it is let to."""

    def __init__(self):
        self.inserts = []
        self.is_called = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_away = False

    def do(self, _, spool, batch):
        self.inserts.append((spool, batch.token))
        self.is_called.set()
        self.may_answer.wait(30)
        if self.is_away:
            raise StoreError("ClickHouse could not be reached")


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool.sqlite3", 1_000_000, 0)
    spool.append(one_drop())
    yield spool
    spool.close()


def one_drop():
    drops = {("example.com", NOW // 3600 * 3600, "robot"): 1}
    return Records(b"session", names_by({}.__getitem__), no_sums(), no_sums(), drops)


def test_a_stop_ships_what_is_left(spool):
    store = FakeStore()

    async def run():
        shipper = Shipper(spool, store, lambda: None)
        await shipper.start()
        await shipper.stop()

    asyncio.run(run())
    assert len(store.inserts) == 1
    assert len(spool) == 0


def test_a_stop_waits_for_the_batch_under_way_and_ships_none_beside_it(spool):
    store = FakeStore()
    store.may_answer.clear()

    async def run():
        shipper = Shipper(spool, store, lambda: None)
        await shipper.start()
        await asyncio.to_thread(store.is_called.wait, 30)
        stop = asyncio.create_task(shipper.stop())
        await asyncio.sleep(0.2)
        assert not stop.done()
        assert len(store.inserts) == 1
        spool.append(one_drop())
        store.may_answer.set()
        await stop

    asyncio.run(run())
    assert len({token for _, token in store.inserts}) == len(store.inserts) == 2
    assert len(spool) == 0


def test_what_comes_while_a_batch_is_shipped_waits_for_the_next_time(spool):
    """Else shipping would go on for as long as hits come, in ever smaller batches."""
    store = FakeStore()
    insert = store.do

    def insert_while_hits_come(*arguments):
        spool.append(one_drop())
        insert(*arguments)

    store.do = insert_while_hits_come
    asyncio.run(Shipper(spool, store, lambda: None)._ship_all())
    assert len(store.inserts) == 1
    assert len(spool) == 1


def test_a_stop_leaves_what_cannot_be_shipped(spool):
    store = FakeStore()
    store.is_away = True

    async def run():
        shipper = Shipper(spool, store, lambda: None)
        await shipper.start()
        await shipper.stop()
        return shipper.failed

    assert asyncio.run(run()) == 1
    assert len(spool) == 1


def test_hits_give_way_the_more_the_more_waits_and_only_while_shipping_works(spool, monkeypatch):
    store = FakeStore()
    monkeypatch.setattr("ingest.shipper._back_off", lambda _: 0)

    async def try_to_ship():
        shipper._stops.set()
        await shipper._work()

    shipper = Shipper(spool, store, lambda: None)
    spool.waiting = 900_000
    assert shipper.pressure() == 0  # nobody knows yet whether ClickHouse is there
    asyncio.run(try_to_ship())
    pressures = []
    for spool.waiting in (0, 250_000, 500_000, 900_000, 1_000_000, 1_100_000):
        pressures.append(shipper.pressure())
    assert pressures[:2] == [0, 0]
    assert pressures == sorted(pressures)
    assert 0 < pressures[2] < pressures[3] < pressures[4] == pressures[5] == 1
    spool.append(one_drop())
    spool.waiting, store.is_away = 900_000, True
    asyncio.run(try_to_ship())
    spool.waiting = 900_000
    assert shipper.pressure() == 0


def test_the_database_is_prepared_once_by_whoever_comes_first(spool):
    calls, may_end = [], threading.Event()

    def prepare():
        calls.append(1)
        may_end.wait(30)

    shipper = Shipper(spool, FakeStore(), prepare)
    threads = [threading.Thread(target=shipper.prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    may_end.set()
    for thread in threads:
        thread.join()
    assert calls == [1]


def test_it_tells_how_far_clickhouse_is_behind(spool, monkeypatch):
    shipper = Shipper(spool, FakeStore(), lambda: None)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 12)
    assert shipper.behind() == 12

    async def run():
        await shipper.start()
        await shipper.stop()

    monkeypatch.undo()
    asyncio.run(run())
    assert shipper.behind() == 0


def test_it_goes_on_after_anything_that_goes_wrong(spool, monkeypatch):
    """Also after what goes wrong while it makes the best of a failure."""
    store = FakeStore()
    store.is_away = True
    monkeypatch.setattr("ingest.shipper._SHIP_EVERY", 0)
    monkeypatch.setattr("ingest.shipper._back_off", lambda _: 0)

    has_failed = threading.Event()

    def fold():
        store.is_away = False
        has_failed.set()
        raise RuntimeError

    monkeypatch.setattr(spool, "fold", fold)

    async def run():
        shipper = Shipper(spool, store, lambda: None)
        await shipper.start()
        await asyncio.to_thread(has_failed.wait, 30)
        await shipper.stop()

    asyncio.run(run())
    assert len(store.inserts) == 2
    assert len(spool) == 0
