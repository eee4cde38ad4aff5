"""The width class of a viewport."""

from bisect import bisect_right

from ingest.store.dimensions import UNKNOWN

_ENDS = (1, 576, 992, 1440, 1920)
"""Pixels at which a class ends; the last has no end."""
_CLASSES = (UNKNOWN, "Mobile", "Tablet", "Laptop", "Desktop", "Wide")


def screen(viewport_width: int) -> str:
    """Return the class of a viewport's width in pixels; `(unknown)` if none was sent."""
    return _CLASSES[bisect_right(_ENDS, viewport_width)]
