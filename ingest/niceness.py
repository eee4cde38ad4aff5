"""The priority of a process that may take its time."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path

_VERSION_3 = 0x20080522
_CAP_SYS_NICE = 23


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def stay_below() -> None:
    """Give up the right to raise a priority; to be called before there are threads.

    Where ClickHouse may (as root), it raises its threads to the highest there is, above all that
    answers hits. The right is a capability of Linux, taken away as capset(2) has it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION_3, 0), (_Sets * 2)()
    libc.capget(ctypes.byref(header), sets)
    for name in ("effective", "permitted", "inheritable"):
        setattr(sets[0], name, getattr(sets[0], name) & ~(1 << _CAP_SYS_NICE))
    libc.capset(ctypes.byref(header), sets)


def give_way(niceness: int) -> None:
    """Lower the priority of the threads of this process, and so of those that they start.

    One that was there before `stay_below` cannot be reached; no more than libraries' idle ones are.
    """
    for thread in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)
