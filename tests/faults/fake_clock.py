"""A wall clock that jumps, for one process. Its monotonic clocks run on.

Debian's libfaketime 0.9.10 cannot do this: with monotonic clocks left alone, sleeping fails.
"""

import struct
import time
from datetime import datetime
from pathlib import Path

from tests.faults.preload import build


class FakeClock:
    """A process started with `environment` has this clock."""

    def __init__(self, folder: Path):
        self._file = folder / "clock_offset"
        self._offset = 0
        self._file.write_bytes(bytes(8))
        library = build("fake_clock.c", folder)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self._file)}

    def time(self) -> float:
        """Seconds since 1970, as the process sees them."""
        return time.time() + self._offset

    def jump(self, seconds: int) -> None:
        """Set the clock forward, or back."""
        self._offset += seconds
        with self._file.open("r+b") as file:
            file.write(struct.pack("q", self._offset))

    def set(self, moment: datetime) -> None:
        """Set the clock to a moment."""
        self.jump(round(moment.timestamp() - self.time()))
