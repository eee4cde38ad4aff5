import threading
from datetime import date

import numpy as np
import pytest

from ingest.spool.open_batch import OpenBatch
from ingest.spool.reading import read_batch
from ingest.spool.spool import Spool
from ingest.spool.transaction import DamagedSpoolError, SpoolError
from ingest.store.names import Name, names_by
from ingest.store.records import (
    Records,
    Sums,
    hour_base,
    no_sums,
)
from ingest.store.tables import COUNTERS

HOUR = 1_795_458_600
DAY = date(2026, 11, 23)
MEGABYTES = 6_500_000


_numbers = {}
"""Of each page, the same in all parts of a session."""


def part(*pages, session=b"one"):
    """Return records of one page view of each page."""
    numbers = sorted(_numbers.setdefault(page, len(_numbers) + 1) for page in set(pages))
    page_of = {number: page for page, number in _numbers.items() if page in pages}
    gains = np.zeros((len(COUNTERS), len(numbers)), np.int64)
    gains[0] = [pages.count(page_of[number]) for number in numbers]
    traffic = Sums(hour_base(HOUR) + np.array(numbers, np.int64), gains)

    def name_of(number):
        return Name("example.com", DAY, "page", page_of[number])

    return Records(session, names_by(name_of), traffic, no_sums(), {})


def pages(spool, batch):
    return sorted(read_batch(spool.path, batch.number).columns["traffic"][3])


def open_spool(path, limit=2**30, disk_floor=0):
    return Spool(path, limit, disk_floor)


def bytes_on_disk(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "spool.sqlite3"


@pytest.fixture
def spool(path):
    spool = open_spool(path)
    yield spool
    spool.close()


def test_records_come_out_as_they_went_in(spool):
    assert spool.next_batch() is None
    spool.append(part("/a", "/b (é, '\";\n"))
    batch = spool.next_batch()
    assert read_batch(spool.path, batch.number).columns == part("/a", "/b (é, '\";\n").columns


def test_what_leaves_together_is_summed(spool):
    for page in ("/b", "/a", "/b"):
        spool.append(part(page))
    batch = spool.next_batch()
    assert pages(spool, batch) == ["/a", "/b"]
    counted = read_batch(spool.path, batch.number).columns["traffic"]
    assert dict(zip(counted[3], counted[4], strict=True)) == {"/a": 1, "/b": 2}


def test_parts_leave_in_the_order_in_which_they_came(spool):
    for page in "cabd":
        spool.append(part(page * MEGABYTES))
    for expected in (["a", "c"], ["b", "d"]):
        batch = spool.next_batch()
        assert [page[0] for page in pages(spool, batch)] == expected
        spool.remove(batch)
    assert spool.next_batch() is None
    assert len(spool) == 0


def test_numbers_of_another_session_are_another_batch(spool):
    """There they may mean something else."""
    for page, session in (("/a", b"one"), ("/a", b"two"), ("/b", b"two")):
        spool.append(part(page, session=session))
    for expected in (["/a"], ["/a", "/b"]):
        batch = spool.next_batch()
        assert pages(spool, batch) == expected
        spool.remove(batch)


def test_a_name_is_told_once_in_a_batch_and_anew_in_the_next(spool):
    for _ in range(3):
        spool.append(part("/told", "/as-well"))
    parts = spool._database.execute("SELECT records FROM part").fetchall()
    assert [records.count(b"/told") for (records,) in parts] == [1, 0, 0]
    first = spool.next_batch()
    spool.append(part("/told"))
    spool.remove(first)
    assert pages(spool, spool.next_batch()) == ["/told"]


def test_r1_a_batch_that_was_half_wiped_is_wiped_and_not_shipped_again(path):
    spool = open_spool(path)
    for page in ("/a", "/b"):
        spool.append(part(page))
    spool.next_batch()
    spool.append(part("/c"))
    spool._database.execute("DELETE FROM batch WHERE id = 1")
    spool._database.execute("DELETE FROM part WHERE id = 1")
    spool.close()
    spool = open_spool(path)
    assert pages(spool, spool.next_batch()) == ["/c"]
    assert len(spool) == 1
    spool.close()


def test_a_batch_of_many_parts_leaves_whole(spool):
    for number in range(100):
        spool.append(part(f"/{number}"))
    batch = spool.next_batch()
    assert len(pages(spool, batch)) == 100
    spool.append(part("/after"))
    spool.remove(batch)
    assert pages(spool, spool.next_batch()) == ["/after"]


def test_a_batch_that_leaves_the_moment_it_is_begun_takes_no_more(spool, monkeypatch):
    """A shipper may ask between a part's commit and what the spool then notes of it."""
    left = []
    add = OpenBatch.add

    def add_after_it_left(batch, *noted):
        left.append(spool.next_batch())
        add(batch, *noted)

    monkeypatch.setattr(OpenBatch, "add", add_after_it_left)
    spool.append(part("/a"))
    monkeypatch.undo()
    spool.append(part("/a"))
    assert pages(spool, left[0]) == ["/a"]
    spool.remove(left[0])
    after = spool.next_batch()
    assert pages(spool, after) == ["/a"]
    assert after.token != left[0].token


def test_a_part_that_failed_has_told_nothing(spool):
    spool.append(part("/first"))
    (size,) = spool._database.execute("PRAGMA page_count").fetchone()
    spool._database.execute(f"PRAGMA max_page_count = {size + 2}")
    many = [f"/too-much-{number}" for number in range(1_000)]
    with pytest.raises(SpoolError):
        spool.append(part(*many))
    spool._database.execute("PRAGMA max_page_count = 1000000")
    spool.append(part(many[0]))
    assert pages(spool, spool.next_batch()) == ["/first", "/too-much-0"]


def test_a_part_of_any_size_leaves(spool):
    for page in ("a" * 2 * MEGABYTES, "b"):
        spool.append(part(page))
    assert [page[0] for page in pages(spool, spool.next_batch())] == ["a"]


def test_a_batch_stays_the_same_until_it_is_removed(spool):
    for page in "ab":
        spool.append(part(page))
    first = spool.next_batch()
    spool.append(part("c"))
    again = spool.next_batch()
    assert (again.token, pages(spool, again)) == (first.token, ["a", "b"])
    assert len(spool) == 3
    spool.remove(again)
    following = spool.next_batch()
    assert following.token != first.token
    assert pages(spool, following) == ["c"]


def test_r1_a_batch_stays_the_same_over_a_restart(path):
    spool = open_spool(path)
    spool.append(part("a"))
    before = spool.next_batch()
    spool.append(part("b"))
    spool.close()
    spool = open_spool(path)
    spool.append(part("c"))
    after = spool.next_batch()
    assert (after.token, pages(spool, after)) == (before.token, ["a"])
    for left in ("b", "c"):
        spool.remove(after)
        after = spool.next_batch()
        assert pages(spool, after) == [left]
    assert spool.last_part == 3
    spool.close()


def test_a_token_is_never_used_again(path):
    tokens = []
    for _ in range(3):
        spool = open_spool(path)
        for _ in range(2):
            spool.append(part("a"))
            batch = spool.next_batch()
            tokens.append(batch.token)
            spool.remove(batch)
        spool.close()
    assert len(set(tokens)) == 6
    assert len({token.rpartition("-")[0] for token in tokens}) == 1


def test_two_spools_have_no_token_in_common(tmp_path):
    tokens = set()
    for name in ("one", "two"):
        spool = open_spool(tmp_path / name)
        spool.append(part("a"))
        tokens.add(spool.next_batch().token)
        spool.close()
    assert len(tokens) == 2


@pytest.mark.parametrize("copies", [1, 1_000])
def test_nothing_of_a_removed_part_is_left_in_the_files(spool, path, copies):
    spool.append(part("/stays"))
    spool.remove(spool.next_batch())
    spool.append(part(*(f"/shown-once-{number}" for number in range(copies))))
    batch = spool.next_batch()
    spool.append(part("/still-waits"))
    assert b"/shown-once" in bytes_on_disk(path)
    spool.remove(batch)
    assert b"/shown-once" not in bytes_on_disk(path)
    assert b"/still-waits" in bytes_on_disk(path)


def test_only_the_collector_may_read_the_files(spool, path):
    spool.append(part("/a"))
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert len(modes) > 1


def test_a_commit_is_synced(spool):
    assert spool._database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert spool._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_place_that_cannot_be_written_is_told_with_a_remedy(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "spool.sqlite3"):
        with pytest.raises(SpoolError, match="--data") as error:
            open_spool(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_a_full_disk_takes_nothing_loses_nothing_and_is_told_without_a_value(spool):
    spool.append(part("/a"))
    (size,) = spool._database.execute("PRAGMA page_count").fetchone()
    spool._database.execute(f"PRAGMA max_page_count = {size + 2}")
    with pytest.raises(SpoolError) as error:
        spool.append(part(*(f"/too-much-{number}" for number in range(1_000))))
    assert "too-much" not in str(error.value)
    assert len(spool) == 1
    spool._database.execute("PRAGMA max_page_count = 1000000")
    spool.append(part("/b"))
    assert pages(spool, spool.next_batch()) == ["/a", "/b"]


def test_r2_there_is_room_until_the_limit_and_again_once_parts_have_left(path):
    for _ in range(2):
        spool = open_spool(path, limit=50)
        if not len(spool):
            assert spool.has_room()
            spool.append(part("/a"))
        assert not spool.has_room()
        spool.close()
    spool = open_spool(path, limit=50)
    spool.remove(spool.next_batch())
    assert spool.has_room()
    spool.close()


def test_r2_the_last_of_a_disk_is_left_to_others(path):
    spool = open_spool(path, disk_floor=2**62)
    assert not spool.has_room()
    spool.close()


@pytest.mark.parametrize("is_begun", [False, True])
def test_small_parts_that_wait_are_folded_and_wiped(spool, path, is_begun):
    spool.append(part("/begun"))
    begun = spool.next_batch() if is_begun else None
    for number in range(300):
        spool.append(part("/often", f"/once-{number}"))
    before = spool.last_part
    spool.fold()
    assert len(spool) == 1 + is_begun
    assert spool.last_part == before
    assert bytes_on_disk(path).count(b"/often") == 1
    if is_begun:
        again = spool.next_batch()
        assert (again.token, pages(spool, again)) == (begun.token, ["/begun"])
        spool.remove(again)
    columns = read_batch(path, spool.next_batch().number).columns["traffic"]
    assert dict(zip(columns[3], columns[4], strict=True)) == (
        {"/often": 300}
        | {f"/once-{number}": 1 for number in range(300)}
        | ({} if is_begun else {"/begun": 1})
    )


def ship(spool):
    """Ship a batch as the writer does; return its pages."""
    spool.fold()
    batch = spool.next_batch()
    if batch is None:
        return []
    shipped = pages(spool, batch)
    spool.remove(batch)
    return shipped


def test_parts_are_shipped_while_others_come(spool):
    names = [str(number) for number in range(200)]
    shipped = []

    def append():
        for name in names:
            spool.append(part(name))

    thread = threading.Thread(target=append)
    thread.start()
    while thread.is_alive() and len(shipped) <= len(names):
        shipped += ship(spool)
    thread.join()
    shipped += ship(spool)
    assert sorted(shipped) == sorted(names)


def test_a_batch_that_is_removed_again_ends_no_other(spool):
    spool.append(part("/a"))
    first = spool.next_batch()
    spool.remove(first)
    spool.append(part("/b"))
    second = spool.next_batch()
    spool.remove(first)
    assert spool.next_batch().token == second.token


@pytest.mark.parametrize("form", [0, 99])
def test_a_spool_of_another_version_is_refused(path, form):
    spool = open_spool(path)
    spool.append(part("/a"))
    spool._database.execute(f"PRAGMA user_version = {form}")
    spool.close()
    with pytest.raises(DamagedSpoolError, match="another version"):
        open_spool(path)
