"""The handover's file: begun at once or beside, it holds the same, and nothing is left beside."""

import errno
import os
import time
from functools import partial

import pytest

from ingest.visit.handover import Handover

FRAMES = [b"a" * 100_000, b"", b"b"]


def freeze(write):
    for frame in FRAMES:
        write(frame)


def no_room(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(params=[True, False])
def handover(request, tmp_path):
    handover = Handover(tmp_path / "file" if request.param else None)
    handover.begin(freeze)
    yield handover
    handover.close()
    assert {path.name for path in tmp_path.iterdir()} <= {"file"}


def renew(handover, freeze=freeze):
    """Renew it to the end, as a collector does between its groups."""
    handover.renew(freeze)
    while handover._writer:
        handover.renew(freeze)


def test_begun_anew_it_holds_no_earlier_note(handover):
    handover.note(b"a note")
    assert handover.frames() == [*FRAMES, b"a note"]
    handover.begin(freeze)
    handover.note(b"another")
    assert handover.frames() == [*FRAMES, b"another"]


def test_renewed_it_holds_what_was_noted_since_and_nothing_earlier(handover):
    handover.note(b"before")
    handover.renew(freeze)
    handover.note(b"meanwhile")
    handover.note(b"and again")
    assert handover.frames() == [*FRAMES, b"before", b"meanwhile", b"and again"]
    renew(handover)
    assert handover.frames() == [*FRAMES, b"meanwhile", b"and again"]
    handover.note(b"refused")
    handover.take_back()
    handover.note(b"after")
    assert handover.frames() == [*FRAMES, b"meanwhile", b"and again", b"after"]


def test_what_is_renewed_is_the_memory_of_that_moment(handover):
    memory = [b"then"]
    handover.renew(lambda write: write(memory[0]))
    memory[0] = b"later"
    renew(handover)
    assert handover.frames() == [b"then"]


def test_an_earlier_file_counts_until_the_new_one_is_whole(tmp_path):
    handover = Handover(tmp_path / "file")
    handover.begin(freeze)
    handover.renew(lambda write: (write(b"half"), time.sleep(60)))
    handover.note(b"a note")
    handover.renew(freeze)
    assert Handover(tmp_path / "file").left() == [*FRAMES, b"a note"]
    handover.close()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("stop", ["begin", "forget", "close"])
def test_a_copy_under_way_ends_with_what_makes_it_needless(handover, stop):
    handover.renew(lambda _: time.sleep(60))
    copy = handover._writer._process
    {"begin": partial(handover.begin, freeze)}.get(stop, getattr(handover, stop))()
    with pytest.raises(ChildProcessError):
        os.waitpid(copy, os.WNOHANG)


def test_a_long_file_is_short_once_it_is_renewed(handover):
    while not handover.is_long:
        handover.note(bytes(1 << 20))
    renew(handover)
    assert not handover.is_long


def test_a_copy_that_fails_says_nothing_and_the_file_is_begun_without_it(handover, capfd):
    def fail(write):
        if os.getpid() != here:
            raise RuntimeError("what a visitor sent")
        freeze(write)

    here = os.getpid()
    handover.note(b"a note")
    renew(handover, fail)
    assert handover.frames() == FRAMES
    assert capfd.readouterr() == ("", "")


def test_where_no_copy_can_be_made_the_file_is_begun_at_once(handover, monkeypatch):
    monkeypatch.setattr(os, "fork", no_room)
    handover.note(b"a note")
    handover.renew(freeze)
    assert handover.frames() == FRAMES


def test_where_there_is_no_room_for_the_notes_the_file_is_begun_without_them(handover, monkeypatch):
    monkeypatch.setattr(os, "sendfile", no_room)
    handover.renew(freeze)
    handover.note(b"a note")
    renew(handover)
    assert handover.frames() == FRAMES


def test_a_copy_holds_nothing_open_but_its_file(handover):
    reading, writing = os.pipe()
    handover.renew(lambda _: time.sleep(60))
    os.close(writing)
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_what_fails_to_be_noted_leaves_no_file(tmp_path, caplog):
    handover = Handover(tmp_path / "file")
    handover.begin(freeze)
    handover.renew(freeze)
    os.close(handover._file)
    handover._file = os.open("/dev/full", os.O_RDWR)
    assert not handover.note(b"a note")
    assert list(tmp_path.iterdir()) == []
    assert "more room" in caplog.text
    handover.begin(freeze)
    assert handover.frames() == FRAMES
    handover.close()
