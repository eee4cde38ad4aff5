"""Keeps what is in memory out of files: no core dump, no other process of the user that reads it."""

import ctypes
import logging
import resource

_log = logging.getLogger("footfall")
_PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """Make a core dump of this process impossible, whatever the system is set to.

    Without the second step a crash handler that the kernel pipes dumps to would still get one. It
    also keeps debuggers of the same user away, but not root's.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        _log.warning("the process stays dumpable (%d)", ctypes.get_errno())
