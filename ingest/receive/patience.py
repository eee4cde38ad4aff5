"""Ends connections on which a request does not come to its end: each costs memory and a file."""

from collections.abc import Iterable
from typing import Protocol

SECONDS = 30
"""Between looks; so a request has that long to come, and at most twice as long."""


class Connection(Protocol):
    """What is looked at."""

    @property
    def coming(self) -> object | None:
        """What is on its way: the same object as long as it is the same request; None for nothing."""

    def give_up(self) -> None:
        """Answer what is owed, and end."""


class Patience:
    """Remembers from look to look what was on its way."""

    def __init__(self) -> None:
        self._coming: dict[Connection, object] = {}

    def look(self, connections: Iterable[Connection]) -> None:
        """Give up those connections on which the same is still to come."""
        seen = {each: coming for each in connections if (coming := each.coming) is not None}
        late = [each for each, coming in seen.items() if self._coming.get(each) is coming]
        self._coming = seen
        for each in late:
            each.give_up()
