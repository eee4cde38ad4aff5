"""What the collector in the same process tells the query service."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Collecting(NamedTuple):
    """A collector, as far as statistics want to know of it."""

    behind: Callable[[], int]
    """How many seconds ClickHouse is behind what was acknowledged."""
    current: Callable[[], Mapping[str, int]]
    """How many visitors each site has now: with a sign of life in the last five minutes."""
