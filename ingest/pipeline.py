"""The way of a hit. Reading this file tells the whole story.

| step      | in       | out                  | folder             |                               |
|-----------|----------|----------------------|--------------------|-------------------------------|
| receive   | bytes    | RawHit or Problem    | `ingest/receive`   | wire formats, trusted proxies |
| anonymize | RawHit   | Hit or DropReason    | `ingest/anonymize` | raw data ends here            |
| visit     | Hit      | Ledger or DropReason | `ingest/visit`     | the visitor key ends here     |
| fold      | Ledger   | Records              | `ingest/fold`      | cells, caps, the crowd rule   |
| spool     | Records  | on disk, synced      | `ingest/spool`     | now the hit is acknowledged   |
| store     | a batch  | ClickHouse           | `ingest/store`     | exactly once                  |

Hits that arrive together are one group from `visit` to `spool`: they share a sync.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

import msgspec

from ingest.anonymize.anonymizer import Anonymizer
from ingest.anonymize.place import Places
from ingest.anonymize.raw_hit import RawHit
from ingest.fold.fold import fold
from ingest.fold.ledger import Ledger
from ingest.receive.remembered import forget_raw
from ingest.settings import Settings, Site
from ingest.store.calendar import QUARTER, bucket
from ingest.store.drops import DropReason
from ingest.store.records import Records, no_sums
from ingest.visit.handover import Frame
from ingest.visit.hit import Hit
from ingest.visit.keys import DayKey, Keyring
from ingest.visit.memory import Memory, Note, freeze, note, recall, thaw
from ingest.visit.visits import GAP

_UTC = ZoneInfo("UTC")
_CURRENT = 300
"""Seconds after a sign of life during which a visitor is taken to be there."""
_FORM = 4
"""Of what is handed over; another form is not read."""
_FrozenKeys = tuple[int, list[DayKey]]
_Noted = tuple[int, bool, list[DayKey], list[Note]]


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """What `anonymize` made of a raw hit for one of its sites."""

    site: Site | None
    """None for a site that is not configured here."""
    time: int
    outcome: Hit | DropReason


class Pipeline:
    """The steps between `receive` and ClickHouse, with what they remember. Not thread-safe."""

    def __init__(self, settings: Settings, places: Places, keys: Keyring) -> None:
        self._settings = settings
        self._sites = {site.domain: site for site in settings.sites}
        self._keys = keys
        self._places = places
        self._anonymizer = Anonymizer(settings, places, keys)
        self._memory = Memory(settings, keys)
        self._last_minute = self._last_quarter = 0

    @property
    def visits(self) -> int:
        """Running visits."""
        return len(self._memory.visits)

    def current(self, now: int) -> Counter[str]:
        """Return how many visitors each site has at `now`: with a sign of life in five minutes."""
        return self._memory.visits.current(now - _CURRENT)

    def anonymize(self, raw: RawHit, now: int) -> list[Arrival]:
        """Return what a raw hit at `now` (seconds since 1970) is, for each of its sites."""
        return [self._arrival(raw, domain, now) for domain in raw.domains]

    @property
    def unreleased(self) -> int:
        """Hits since the last release, roughly."""
        return len(self._memory.crossings)

    def fold(
        self, arrivals: Iterable[Arrival], releases: bool = True
    ) -> tuple[Records, list[DropReason | None]]:
        """Visit and fold a group; return its records, and for each arrival why it was dropped.

        With `releases` the records have what may be told of pairs by now; else that waits, since
        to release many groups at once costs a hit far less.
        """
        arrivals, ledger = list(arrivals), Ledger()
        hits = [arrival.outcome for arrival in arrivals if isinstance(arrival.outcome, Hit)]
        told = iter(self._memory.visits.count(hits, ledger))
        dropped = [
            next(told) if isinstance(arrival.outcome, Hit) else arrival.outcome
            for arrival in arrivals
        ]
        _count_drops(arrivals, dropped, ledger)
        crosstabs = self._memory.release() if releases else no_sums()
        return fold(ledger, crosstabs, self._memory.symbols), dropped

    def sweep(self, now: int) -> bool:
        """Forget what time has ended; return whether a day or a key has."""
        has_ended = self._memory.visits.sweep(now)
        has_ended |= self._forget_unused_keys(now)
        self._anonymizer.forget()
        self._forget_raw(now)
        return has_ended

    def _forget_raw(self, now: int) -> None:
        """Forget every quarter of an hour, as midnight is at one in every zone, what was sent.

        Reading it all anew costs well under a thousandth of that time, even under load.
        """
        if now // QUARTER != self._last_quarter:
            self._last_quarter = now // QUARTER
            forget_raw()
            self._places.forget()

    def _forget_unused_keys(self, now: int) -> bool:
        """Forget, once a minute, keys of days that are over and had no visit to end them.

        Such a key was made for hits that were then refused.
        """
        minute = now // 60
        if minute == self._last_minute:
            return False
        self._last_minute = minute

        def is_over(domain: str, day: int) -> bool:
            zone = self._sites[domain].timezone if domain in self._sites else _UTC
            return day < bucket(zone, now - GAP).day.toordinal()

        return self._keys.forget_if(is_over)

    def note(self, part: int, arrivals: Iterable[Arrival], releases: bool = True) -> bytes:
        """Return a note of a group that is spooled as `part`, with or without a release of pairs."""
        hits = [arrival.outcome for arrival in arrivals if isinstance(arrival.outcome, Hit)]
        return msgspec.msgpack.encode((part, releases, self._keys.take_new(), note(hits)))

    def freeze(self, write: Callable[[Frame], object]) -> None:
        """Write all that is remembered as frames for the handover: keys, the rest, and an empty one."""
        self._keys.take_new()
        write(msgspec.msgpack.encode((_FORM, self._keys.all())))
        freeze(self._memory, write)
        write(b"")

    def remember(self, frames: Sequence[bytes], last_part: int | None) -> None:
        """Remember what was frozen and noted, as far as the spool has it.

        Notes of parts after `last_part` are ignored; None takes all. Raises an error, with nothing
        remembered, for frames of another version or damaged ones.
        """
        frozen_keys, *others = frames
        end = others.index(b"")
        frozen, notes = others[:end], others[end + 1 :]
        form, keys = msgspec.msgpack.decode(frozen_keys, type=_FrozenKeys)
        if form != _FORM:
            raise ValueError(f"form {form} is not known")
        memory = thaw(frozen, self._sites, self._keys)
        memory.pairs = self._memory.pairs  # the profile may be another since
        for encoded in notes:
            part, releases, new_keys, noted = msgspec.msgpack.decode(encoded, type=_Noted)
            keys += new_keys
            if last_part is None or part <= last_part:
                memory.replay(recall(noted, self._sites), releases)
        self._keys.add(keys)
        self._memory = memory

    def _arrival(self, raw: RawHit, domain: str, now: int) -> Arrival:
        site = self._sites.get(domain)
        outcome = self._anonymizer(raw, site, now) if site else DropReason.UNKNOWN_SITE
        return Arrival(site, now, outcome)


def _count_drops(
    arrivals: Iterable[Arrival], dropped: Iterable[DropReason | None], ledger: Ledger
) -> None:
    for arrival, reason in zip(arrivals, dropped, strict=True):
        if reason:
            zone = arrival.site.timezone if arrival.site else _UTC
            ledger.drops[arrival.site, bucket(zone, arrival.time).hour, reason] += 1
