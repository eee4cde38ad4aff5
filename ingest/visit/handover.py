"""The RAM-backed file through which memory-only state outlives the process, and nothing else.

It holds the frames of a frozen memory, and after them a note of every group of hits since. A group
is noted before its counters are spooled, under the number of its part, so that what a crash left of
both agrees: notes past the spool's last part are ignored.
"""

import logging
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path

from ingest.visit.forked import Forked

_log = logging.getLogger("footfall")
_NOTES_LIMIT = 32 * 1024 * 1024
_RAM_FILE_SYSTEMS = ("tmpfs", "ramfs")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (of mode 0600, owner and links checked)
_FRAME_HEAD = 12
"""Length (8 bytes) and CRC-32 (4 bytes) before each frame."""


Frame = bytes | memoryview
Freeze = Callable[[Callable[[Frame], object]], None]
"""Writes frames of a frozen memory, one after the other."""


class HandoverError(Exception):
    """The handover file cannot be used; says why and what to do."""


class Handover:
    """Frames in RAM: those of a frozen memory, then notes.

    Without a path they end with the process; they still serve to take a failed group back.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = self._next = -1
        self._writer: Forked | None = None
        """Writes the next file."""
        self._next_from = 0
        """Where in this file the notes begin that the next one needs too."""
        self._frozen_end = 0
        self._last_start = 0
        self._end = 0

    @property
    def is_long(self) -> bool:
        """Whether replaying the notes would take longer than a new frozen memory is worth."""
        return self._end - self._frozen_end > max(_NOTES_LIMIT, self._frozen_end)

    def left(self) -> list[bytes]:
        """Return the whole frames that an earlier process left, none if there is no file.

        Raises HandoverError for a file that is damaged, or not this user's alone.
        """
        if self._path is None or not self._path.exists():
            return []
        file = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            status = os.fstat(file)
            if status.st_uid != os.geteuid() or status.st_mode & 0o077:
                raise HandoverError(f"{self._path} is not this user's alone; remove it")
            frames = list(_frames(file))
            if not frames:
                raise HandoverError(f"{self._path} is damaged")
            return frames
        finally:
            os.close(file)

    def begin(self, freeze: Freeze) -> None:
        """Replace the file by one that holds the frames of a frozen memory and no notes.

        `freeze` is given what writes a frame; it is called again where there was no room.
        """
        try:
            file = self._new_file(freeze)
        except OSError as error:
            self._go_without_file(error)
            file = self._new_file(freeze)
        self._go_on_in(file)

    def renew(self, freeze: Freeze) -> None:
        """Do as `begin` does, but beside the hits: to be called between groups while it `is_long`.

        The first call has a copy of this process write the frozen memory, while notes go on in the
        file that there is. A later one, when that is done, adds them to the new file.
        """
        if self._writer is None:
            if not self._start_writer(freeze):
                self.begin(freeze)
        elif (done := self._writer.has_done()) is not None:
            self._writer = None
            if not (done and self._take_next()):
                self.begin(freeze)

    def note(self, entry: bytes) -> bool:
        """Add a note; return False, with nothing noted, if there is no room for it."""
        self._last_start = self._end
        try:
            _write(self._file, entry)
        except OSError as error:
            self._go_without_file(error)
            return False
        self._end = os.lseek(self._file, 0, os.SEEK_CUR)
        return True

    def take_back(self) -> None:
        """Remove the last note."""
        os.ftruncate(self._file, self._last_start)
        self._end = os.lseek(self._file, self._last_start, os.SEEK_SET)

    def frames(self) -> list[bytes]:
        """Return the frames of the frozen memory, and the notes since."""
        frames = list(_frames(self._file))
        os.lseek(self._file, 0, os.SEEK_END)
        return frames

    def forget(self) -> None:
        """Remove the file; what is in memory is not handed over."""
        self._drop_next()
        if self._path is not None:
            with suppress(OSError):  # another user's file
                self._path.unlink(missing_ok=True)
            self._path = None

    def close(self) -> None:
        """Close the file and leave it for the next process."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        self._drop_next()

    def _new_file(self, freeze: Freeze) -> int:
        self._drop_next()
        self._next = self._create()
        try:
            freeze(partial(_write, self._next))
            return self._named_next()
        except BaseException:
            self._drop_next()
            raise

    def _start_writer(self, freeze: Freeze) -> bool:
        """Have the next file written beside; return False if there is no room for it."""
        try:
            self._next, self._next_from = self._create(), self._end
            self._writer = Forked(partial(freeze, partial(_write, self._next)), self._next)
        except OSError:
            return False
        return True

    def _take_next(self) -> bool:
        """Go on in the file that was written beside; return False if there is no room for it."""
        frozen_end, start = os.lseek(self._next, 0, os.SEEK_CUR), self._next_from
        try:
            while start < self._end:
                start += os.sendfile(self._next, self._file, start, self._end - start)
            self._go_on_in(self._named_next())
        except OSError:
            return False
        self._frozen_end = frozen_end
        return True

    def _create(self) -> int:
        if self._path is None:
            return os.memfd_create("footfall")
        beside = _beside(self._path)
        beside.unlink(missing_ok=True)
        return os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)

    def _named_next(self) -> int:
        """Let the next file be the one that another process finds; return it."""
        if self._path:
            _beside(self._path).replace(self._path)
        file, self._next = self._next, -1
        return file

    def _go_on_in(self, file: int) -> None:
        before, self._file = self._file, file
        if before >= 0:  # its memory takes the system a while, which hits need not wait for
            threading.Thread(target=os.close, args=[before]).start()
        self._frozen_end = self._last_start = self._end = os.lseek(file, 0, os.SEEK_CUR)

    def _drop_next(self) -> None:
        if self._writer:
            self._writer.end()
            self._writer = None
        if self._next >= 0:
            os.close(self._next)
            self._next = -1
            if self._path:
                _beside(self._path).unlink(missing_ok=True)

    def _go_without_file(self, error: OSError) -> None:
        _log.warning(
            "%s: %s; a restart will forget running visits. Give its file system more room",
            self._path,
            error.strerror,
        )
        self.forget()


def default_path(data: Path) -> Path | None:
    """Return the handover file of a data folder, or None if there is no RAM-backed folder for it."""
    name = blake2b(str(data.resolve()).encode(), digest_size=8).hexdigest()
    folder = Path(os.environ.get("RUNTIME_DIRECTORY") or _SHARED_MEMORY)
    return folder / f"footfall-{name}" if _is_in_ram(folder) else None


def _is_in_ram(folder: Path) -> bool:
    """Whether the file system that holds the folder is RAM-backed."""
    best, kind = "", ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, mount, found, *_ = line.split()
        if folder.resolve().is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, found
    return kind in _RAM_FILE_SYSTEMS


def _beside(path: Path) -> Path:
    return path.with_suffix(".new")


def _write(file: int, frame: Frame) -> None:
    head = len(frame).to_bytes(8) + zlib.crc32(frame).to_bytes(4)
    for part in (head, frame):
        left = memoryview(part)
        while left:
            left = left[os.write(file, left) :]


def _frames(file: int) -> Iterator[bytes]:
    """Yield whole frames from the start; a torn or damaged one ends them."""
    with os.fdopen(os.dup(file), "rb") as reader:
        reader.seek(0)
        while len(head := reader.read(_FRAME_HEAD)) == _FRAME_HEAD:
            frame = reader.read(int.from_bytes(head[:8]))
            if zlib.crc32(frame) != int.from_bytes(head[8:]):
                return
            yield frame
