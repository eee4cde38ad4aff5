"""The width class of a viewport."""

from ingest.store.dimensions import UNKNOWN

_CLASSES = ((576, "Mobile"), (992, "Tablet"), (1440, "Laptop"), (1920, "Desktop"))
"""Each class and the width, in pixels, at which it ends."""
_WIDEST = "Wide"


def screen(viewport_width: int) -> str:
    """Return the class of a viewport's width in pixels; `(unknown)` if none was sent."""
    if viewport_width <= 0:
        return UNKNOWN
    return next((name for end, name in _CLASSES if viewport_width < end), _WIDEST)
