"""What was sent, and what was answered."""

import string
from typing import NamedTuple

ACKNOWLEDGED, REFUSED = 202, 503


class Sent(NamedTuple):
    """A hit: a view of a page that no other hit views."""

    page: str
    visitor: int
    time: float
    """Seconds since 1970, as the collector's clock has them."""


class Books:
    """Every hit in the order of sending, and the status of its answer; None if none came."""

    def __init__(self):
        self.sent = []
        self.answers = {}

    def open(self, visitor: int, time: float) -> Sent:
        """Enter a hit that is about to be sent."""
        hit = Sent(_page(len(self.sent)), visitor, time)
        self.sent.append(hit)
        self.answers[hit.page] = None
        return hit

    def close(self, hit: Sent, status: int) -> None:
        """Enter its answer."""
        self.answers[hit.page] = status

    def pages(self, status: int | None) -> set[str]:
        """Return the pages of the hits that were answered so, while others come in."""
        return {page for page, answer in self.answers.copy().items() if answer == status}

    def count(self, status: int | None) -> int:
        return len(self.pages(status))


def _page(number: int) -> str:
    """Return a page's path: letters only, as numbers could be somebody's."""
    word = ""
    for _ in range(6):
        number, place = divmod(number, 16)
        word = string.ascii_lowercase[place] + word
    return f"/hit/{word}"
