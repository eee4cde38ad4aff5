"""Free text that could carry a person's token is told only once a crowd has sent it."""

from ingest.store.dimensions import OTHER


class FreeText:
    """A site's day of free texts: which ones k visitors share."""

    def __init__(self, k: int, limit: int) -> None:
        """`limit` bounds the texts of one dimension that are remembered."""
        self._k = k
        self._limit = limit
        self._visitors: dict[str, dict[str, set[int] | None]] = {}
        """By dimension and text: the visitors so far, or None once there are k."""

    def admit(self, dimension: str, text: str, visitor: int) -> str:
        """Return the text if k visitors have sent it today, this one included; else `(other)`."""
        if self._k == 1:
            return text
        texts = self._visitors.setdefault(dimension, {})
        if text not in texts:
            if len(texts) >= self._limit:
                return OTHER
            texts[text] = set()
        visitors = texts[text]
        if visitors is None:
            return text
        visitors.add(visitor)
        if len(visitors) < self._k:
            return OTHER
        texts[text] = None
        return text
