"""The secret keys under which visitors are told apart, one a site and day. Memory only."""

import secrets
from collections.abc import Callable
from datetime import date

from ingest.settings import Site

KEY_BYTES = 32


class Keyring:
    """Keys by site and day, made at first need and forgotten when their day is over."""

    def __init__(self, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random = random
        self._keys: dict[tuple[Site, date], bytes] = {}

    def key(self, site: Site, day: date) -> bytes:
        """Return the key of a site's day."""
        found = self._keys.get((site, day))
        if found is None:
            found = self._keys[site, day] = self._random(KEY_BYTES)
        return found

    def key_before(self, site: Site, day: date) -> bytes | None:
        """Return the key of the day before `day`, if a visit of that day may still run."""
        return self._keys.get((site, date.fromordinal(day.toordinal() - 1)))

    def forget(self, site: Site, day: date) -> None:
        """Forget a key."""
        self._keys.pop((site, day), None)
