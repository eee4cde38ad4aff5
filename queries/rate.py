"""How often a key may ask."""

import math
from collections.abc import Callable

from queries.problem import ProblemError

_MINUTE = 60.0


class Bucket:
    """A token bucket: a minute's requests may come at once, and then as many as flow back."""

    def __init__(self, a_minute: int, ticks: Callable[[], float]) -> None:
        """`ticks` gives seconds that only grow."""
        self._size = float(a_minute)
        self._ticks = ticks
        self._left = self._size
        self._seen = ticks()

    def take(self) -> None:
        """Take a request out of the bucket; raise a 429 that says when there is one again."""
        now = self._ticks()
        self._left = min(self._size, self._left + (now - self._seen) * self._size / _MINUTE)
        self._seen = now
        if self._left < 1:
            wait = math.ceil((1 - self._left) * _MINUTE / self._size)
            raise ProblemError(
                429,
                f"a key may ask {self._size:g} times a minute; try again in {wait} s",
                headers={"Retry-After": str(wait)},
            )
        self._left -= 1
