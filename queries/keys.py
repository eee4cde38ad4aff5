"""Query keys: who asks, how often, and which sites they may see."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from ingest import settings
from ingest.settings import Key, Site, secret_of
from queries.problem import ProblemError
from queries.rate import Bucket
from queries.request import ALL_SITES

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_NO_SECRET = "0" * 64
"""No secret has this hash: it marks the key of those who come without one."""
_SEND_ONE = "send a query key as the header Authorization: Bearer SECRET"


class Keys:
    """The keys in force, each with its bucket. They may be replaced while they are asked for."""

    def __init__(
        self,
        keys: Sequence[Key],
        a_minute: int,
        ticks: Callable[[], float] = time.monotonic,
        sites: Sequence[Site] = (),
    ) -> None:
        """`a_minute` requests are let through for each key; `ticks` gives seconds.

        All who come without a key share one, which opens those of `sites` that are public.
        """
        self._fill = partial(Bucket, a_minute, ticks)
        public = tuple(site.domain for site in sites if site.public)
        self._open = Key(name="public", sha256=_NO_SECRET, sites=public) if public else None
        self._passers_by = self._fill()
        self._keys: tuple[Key, ...] = ()
        self._buckets: dict[str, Bucket] = {}
        self._unknown = self._fill()
        """One for all that is no key: memory is bounded, and guessing too."""
        self.replace(keys)

    def replace(self, keys: Sequence[Key]) -> None:
        """Let these keys in and no others; those that stay go on with their buckets."""
        self._keys = tuple(keys)
        self._buckets = {
            key.sha256: self._buckets.get(key.sha256) or self._fill() for key in self._keys
        }

    @property
    def in_force(self) -> tuple[Key, ...]:
        """The keys."""
        return self._keys

    def admit(self, authorization: str) -> Key:
        """Return the key of an `Authorization` header; raise a 401, or a 429 if it asks too often."""
        if self._open and not secret_of(authorization):
            self._passers_by.take()
            return self._open
        try:
            key = find_key(self._keys, authorization)
        except ProblemError:
            self._unknown.take()
            raise
        self._buckets[key.sha256].take()
        return key


def find_key(keys: Sequence[Key], authorization: str) -> Key:
    """Return the key whose secret the `Authorization` header holds; raise a 401 without one."""
    secret = secret_of(authorization)
    if not secret:
        raise ProblemError(401, _SEND_ONE, headers=_CHALLENGE)
    key = settings.find_key(keys, secret)
    if key is None:
        raise ProblemError(
            401,
            "the query key is unknown; make one with `footfall key new` and put it into the settings",
            headers=_CHALLENGE,
        )
    return key


def open_sites(sites: Sequence[Site], key: Key, domains: Sequence[str]) -> tuple[Site, ...]:
    """Return the sites of these domains, each once; `*` stands for all that the key opens.

    Raises a 403, the same for other and unknown sites; a 401 to whom has no key.
    """
    opened = {site.domain: site for site in sites if site.domain in key.sites}
    wanted = [found for each in domains for found in (opened if each == ALL_SITES else [each])]
    if wanted and opened.keys() >= set(wanted):
        return tuple(opened[domain] for domain in dict.fromkeys(wanted))
    if key.sha256 == _NO_SECRET:
        raise ProblemError(401, _SEND_ONE, headers=_CHALLENGE)
    raise ProblemError(
        403,
        f"site_id: this key does not open that site; it opens {', '.join(opened) or 'none'}",
        extras={"field": "site_id", "possible": list(opened)},
    )
