"""Has the C library give memory back that is free, where it is GNU's; elsewhere nothing happens.

By default each thread has an arena of its own, and what was free in one stays with the process.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Numbers of `mallopt`'s options."""
_MB = 1024 * 1024


def keep_little() -> None:
    """Keep little memory that is free; to be called before there are threads."""
    with suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENA_MAX, 2)
        mallopt(_MMAP_THRESHOLD, 4 * _MB)
        mallopt(_TRIM_THRESHOLD, 16 * _MB)


def give_back() -> None:
    """Give back all memory that is free, which takes milliseconds."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
