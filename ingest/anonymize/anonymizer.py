"""From a raw hit to one that says nothing about who sent it. Raw data ends here."""

from functools import lru_cache
from hashlib import blake2b

from ingest.anonymize.address import cut
from ingest.anonymize.browser import Setup
from ingest.anonymize.campaign import without_campaign
from ingest.anonymize.goals import match_goals
from ingest.anonymize.landing import Landing, read_how, read_landing
from ingest.anonymize.place import Place, Places
from ingest.anonymize.raw_hit import RawHit
from ingest.anonymize.screen import screen
from ingest.anonymize.scrub import scrub_text
from ingest.anonymize.visitor_key import begin_key, visitor_key
from ingest.settings import PROFILES, Profile, Settings, Site
from ingest.store.calendar import QUARTER, bucket
from ingest.store.dimensions import NONE
from ingest.store.drops import DropReason
from ingest.visit.hit import Hit, Kind, Who
from ingest.visit.keys import Keyring

_KINDS = {kind.value: kind for kind in (Kind.PAGEVIEW, Kind.ENGAGEMENT)}
_EVENT_LIMIT = 120
_PROP_LIMIT = 300
_WHOLE = Profile(32, 128)


class Anonymizer:
    """The steps from RawHit to Hit, in the order of `__call__`."""

    def __init__(self, settings: Settings, places: Places, keys: Keyring) -> None:
        self._profile = PROFILES[settings.profile]
        self._counts_by_address = settings.count_by == "address"
        self._signals = settings.opt_out_signals
        self._places = places
        self._keys = keys
        self._begun: dict[tuple[Site, int], tuple[blake2b, blake2b | None]] = {}
        """How visitor keys begin, today's and yesterday's, by site and quarter of an hour."""

    def __call__(self, raw: RawHit, site: Site, now: int) -> Hit | DropReason:
        """Return the anonymous hit on `site` at `now` (seconds since 1970), or why there is none."""
        refused = self._refusal(raw)
        if refused:
            return refused
        landing = read_landing(raw.url, raw.hash_routing, site)
        network = cut(raw.address, self._profile)
        visitor, visitor_before = self._visitor(raw, site, network, now)
        kind = _KINDS.get(raw.name, Kind.EVENT)
        how = read_how(raw.referrer, landing, site) if raw.referrer else landing.direct
        event = scrub_text(raw.name, _EVENT_LIMIT) if kind is Kind.EVENT else ""
        return Hit(
            site=site,
            time=now,
            kind=kind,
            interactive=raw.interactive,
            visitor=visitor,
            visitor_before=visitor_before,
            where=landing.where,
            how=how if self._profile.keeps_campaigns else without_campaign(how),
            who=_who(self._places.find(network), raw.browser.setup, screen(raw.viewport_width)),
            event=event,
            goals=_goals(site, kind, landing, event),
            props=_props(raw) if raw.props else (),
            engaged=raw.engaged if kind is Kind.ENGAGEMENT else 0,
            scroll=raw.scroll if kind is Kind.ENGAGEMENT else 0,
        )

    def _refusal(self, raw: RawHit) -> DropReason | None:
        if raw.opted_out and self._signals == "drop":
            return DropReason.OPT_OUT
        return DropReason.PREFETCH if raw.prefetched else raw.browser.refusal

    def _visitor(
        self, raw: RawHit, site: Site, network: str, now: int
    ) -> tuple[int | None, int | None]:
        """Return the visitor key of today and, shortly after midnight, that of yesterday."""
        if raw.opted_out and self._signals == "totals":
            return None, None
        sender = cut(raw.address, _WHOLE) if self._counts_by_address else network
        moment = site, now // QUARTER
        today, before = self._begun.get(moment) or self._begin(*moment)
        return (
            visitor_key(today, sender, raw.browser.part),
            visitor_key(before, sender, raw.browser.part) if before else None,
        )

    def _begin(self, site: Site, quarter: int) -> tuple[blake2b, blake2b | None]:
        day = bucket(site.timezone, quarter * QUARTER).day
        before = self._keys.key_before(site, day)
        begun = (
            begin_key(self._keys.key(site, day), site.domain),
            begin_key(before, site.domain) if before else None,
        )
        self._begun[site, quarter] = begun
        return begun

    def forget(self) -> None:
        """Keep nothing made from keys; to be called whenever keys may have been forgotten."""
        self._begun.clear()


@lru_cache(maxsize=32_768)
def _who(place: Place, setup: Setup, screen: str) -> Who:
    return Who(
        place.country,
        place.region,
        place.city,
        place.provider,
        setup.language,
        *setup.technology,
        screen,
    )


def _goals(site: Site, kind: Kind, landing: Landing, event: str) -> tuple[str, ...]:
    if kind is Kind.PAGEVIEW:
        return landing.goals
    if kind is Kind.ENGAGEMENT or not site.goals:
        return ()
    return tuple(dict.fromkeys(match_goals(site.goals, None, event or None)))


def _props(raw: RawHit) -> tuple[tuple[str, str], ...]:
    scrubbed = {
        scrub_text(name, _EVENT_LIMIT): scrub_text(value, _PROP_LIMIT) or NONE
        for name, value in raw.props
    }
    return tuple(scrubbed.items())
