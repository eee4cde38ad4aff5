"""The handover's file: with room made for it or not, it holds the same, and nothing is left beside."""

import errno
import os

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


@pytest.mark.parametrize("rooms", [0, 1, 2])
def test_room_made_ahead_changes_nothing_of_what_it_holds(handover, rooms):
    handover.note(b"a note")
    assert handover.frames() == [*FRAMES, b"a note"]
    for _ in range(rooms):
        handover.make_room()
    assert handover.frames() == [*FRAMES, b"a note"]
    handover.begin(freeze)
    handover.note(b"another")
    assert handover.frames() == [*FRAMES, b"another"]


def test_room_that_is_too_large_is_given_back(handover):
    handover.make_room()
    handover.begin(lambda write: write(b"little"))
    assert handover.frames() == [b"little"]
    assert os.fstat(handover._file).st_size < 100


def test_room_that_nobody_needs_goes_with_the_process(handover):
    handover.make_room()


def test_where_there_is_no_room_it_is_begun_all_the_same(handover, monkeypatch):
    monkeypatch.setattr(os, "posix_fallocate", no_room)
    handover.make_room()
    handover.begin(freeze)
    assert handover.frames() == FRAMES


def test_what_fails_to_be_noted_leaves_no_file(tmp_path, caplog):
    handover = Handover(tmp_path / "file")
    handover.begin(freeze)
    handover.make_room()
    os.close(handover._file)
    handover._file = os.open("/dev/full", os.O_RDWR)
    assert not handover.note(b"a note")
    assert list(tmp_path.iterdir()) == []
    assert "more room" in caplog.text
    handover.begin(freeze)
    assert handover.frames() == FRAMES
    handover.close()
