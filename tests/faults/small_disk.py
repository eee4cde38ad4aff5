"""A small file system that a test can fill."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from missing import give_up


class SmallDisk:
    """A tmpfs of so many MiB at `path`."""

    def __init__(self, path: Path):
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, leave: int = 0) -> None:
        """Take all that is free, but for so many bytes, though others write too."""
        with self._ballast.open("ab") as file:
            while (surplus := self._free() - leave) > 0:
                with suppress(OSError):
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), surplus)

    def clear(self) -> None:
        """Give back what was taken."""
        self._ballast.unlink()

    def _free(self) -> int:
        return shutil.disk_usage(self.path).free


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount it, or give up where that is not allowed."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        give_up(f"a tmpfs cannot be mounted ({mounted.stderr.strip()}): run as root")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
