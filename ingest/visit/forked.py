"""Work that a copy of this process does, on memory as it is at that moment, while hits go on."""

import gc
import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress

_MOST_FILES = 1 << 20
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that a copy could only hand on to the process, whose wakeup pipe it shares."""


class Forked:
    """A copy of this process that does one thing with one open file, and ends."""

    def __init__(self, work: Callable[[], object], file: int) -> None:
        """Start the copy. Raises OSError, if the system has no room for another process.

        `work` must not need another file, another thread, or a lock that one may hold.
        """
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            with warnings.catch_warnings():  # of threads, which the copy does without
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
            if not self._process:
                _do(work, file)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def has_done(self) -> bool | None:
        """Return whether the work is done (True) or failed (False); None if it is under way."""
        process, status = os.waitpid(self._process, os.WNOHANG)
        return status == 0 if process else None

    def end(self) -> None:
        """Stop it, wherever it is. Not to be called once it is known to have ended."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _do(work: Callable[[], object], file: int) -> None:
    """Do the work, and leave no trace but what it writes: no message, and no file held open."""
    try:
        os.closerange(0, file)
        os.closerange(file + 1, _MOST_FILES)
        with suppress(PermissionError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # hits do not wait for it
        gc.disable()  # it would write to every object, and so copy all memory
        work()
        os._exit(0)
    finally:
        os._exit(1)
