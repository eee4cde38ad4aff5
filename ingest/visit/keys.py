"""The secret keys under which visitors are told apart, one a site and day. Memory only."""

import secrets
from collections.abc import Callable, Iterable
from datetime import date

from ingest.settings import Site

KEY_BYTES = 32


DayKey = tuple[str, int, bytes]
"""A key with its site's domain and its day's ordinal."""


class Keyring:
    """Keys by site and day, made at first need and forgotten when their day is over."""

    def __init__(self, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random = random
        self._keys: dict[tuple[str, int], bytes] = {}
        self._new: list[DayKey] = []

    def key(self, site: Site, day: date) -> bytes:
        """Return the key of a site's day."""
        name = (site.domain, day.toordinal())
        found = self._keys.get(name)
        if found is None:
            found = self._keys[name] = self._random(KEY_BYTES)
            self._new.append((*name, found))
        return found

    def key_before(self, site: Site, day: date) -> bytes | None:
        """Return the key of the day before `day`, if a visit of that day may still run."""
        return self._keys.get((site.domain, day.toordinal() - 1))

    def forget(self, site: Site, day: date) -> bool:
        """Forget a key; return whether there was one."""
        return self._keys.pop((site.domain, day.toordinal()), None) is not None

    def forget_if(self, is_over: Callable[[str, int], bool]) -> bool:
        """Forget keys whose domain and day (its ordinal) are over; return whether there were any."""
        over = [name for name in self._keys if is_over(*name)]
        for name in over:
            del self._keys[name]
        return bool(over)

    def take_new(self) -> list[DayKey]:
        """Return the keys made since the last call."""
        new, self._new = self._new, []
        return new

    def all(self) -> list[DayKey]:
        """Return every key."""
        return [(*name, key) for name, key in self._keys.items()]

    def add(self, keys: Iterable[DayKey]) -> None:
        """Remember keys of an earlier process."""
        for domain, day, key in keys:
            self._keys[domain, day] = key
