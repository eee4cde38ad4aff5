"""What a running visit has brought, as sorted arrays: a tenth of the memory of sets."""

from array import array
from bisect import bisect_left

Brought = array  # of unsigned 32-bit numbers
_PERCENT_BITS = 8


def add_new(brought: "array[int]", symbol: int) -> bool:
    """Add a symbol; return whether it was not there."""
    place = bisect_left(brought, symbol)
    if place < len(brought) and brought[place] == symbol:
        return False
    brought.insert(place, symbol)
    return True


def is_in(brought: "array[int]", symbol: int) -> bool:
    """Return whether a symbol is there."""
    place = bisect_left(brought, symbol)
    return place < len(brought) and brought[place] == symbol


def deepen(scrolls: "array[int]", page: int, percent: int) -> tuple[int, bool]:
    """Note how deep a page was seen; return how much deeper that is, and whether it is the first.

    `scrolls` has for each page its symbol and, in the lowest bits, its percent.
    """
    place = bisect_left(scrolls, page << _PERCENT_BITS)
    if place == len(scrolls) or scrolls[place] >> _PERCENT_BITS != page:
        scrolls.insert(place, page << _PERCENT_BITS | percent)
        return percent, True
    deeper = max(percent - (scrolls[place] & 0xFF), 0)
    scrolls[place] += deeper
    return deeper, False
