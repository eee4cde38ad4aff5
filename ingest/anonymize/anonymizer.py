"""From a raw hit to one that says nothing about who sent it. Raw data ends here."""

from ingest.anonymize.address import cut
from ingest.anonymize.goals import match_goals
from ingest.anonymize.language import language
from ingest.anonymize.page import Page, read_page
from ingest.anonymize.place import Places
from ingest.anonymize.raw_hit import RawHit
from ingest.anonymize.robots import refusal
from ingest.anonymize.screen import screen
from ingest.anonymize.scrub import scrub_text
from ingest.anonymize.source import read_source
from ingest.anonymize.technology import technology
from ingest.anonymize.visitor_key import visitor_key
from ingest.settings import PROFILES, Profile, Settings, Site
from ingest.store.calendar import bucket
from ingest.store.dimensions import NONE
from ingest.store.drops import DropReason
from ingest.visit.hit import Hit, How, Kind, Where, Who
from ingest.visit.keys import Keyring

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

    def __call__(self, raw: RawHit, site: Site, now: int) -> Hit | DropReason:
        """Return the anonymous hit on `site` at `now` (seconds since 1970), or why there is none."""
        refused = self._refusal(raw)
        if refused:
            return refused
        page = read_page(raw.url, raw.hash_routing, site.query_params)
        if page is None:
            raise ValueError("receive takes no URL that is not a page's")
        network = cut(raw.address, self._profile)
        visitor, visitor_before = self._visitor(raw, site, network, now)
        kind = _kind(raw.name)
        event = scrub_text(raw.name, _EVENT_LIMIT) if kind is Kind.EVENT else ""
        return Hit(
            site=site,
            time=now,
            kind=kind,
            interactive=raw.interactive,
            visitor=visitor,
            visitor_before=visitor_before,
            where=Where(page.page, page.section, page.host),
            how=_how(raw, page, site),
            who=self._who(raw, network),
            event=event,
            goals=_goals(site, kind, page.page, event),
            props=_props(raw),
            engaged=raw.engaged if kind is Kind.ENGAGEMENT else 0,
            scroll=raw.scroll if kind is Kind.ENGAGEMENT else 0,
        )

    def _refusal(self, raw: RawHit) -> DropReason | None:
        if raw.opted_out and self._signals == "drop":
            return DropReason.OPT_OUT
        if raw.prefetched:
            return DropReason.PREFETCH
        return refusal(raw.user_agent, raw.accept_language, raw.hint_brands)

    def _visitor(
        self, raw: RawHit, site: Site, network: str, now: int
    ) -> tuple[int | None, int | None]:
        """Return the visitor key of today and, shortly after midnight, that of yesterday."""
        if raw.opted_out and self._signals == "totals":
            return None, None
        today = bucket(site.timezone, now).day
        sender = cut(raw.address, _WHOLE) if self._counts_by_address else network
        identity = (site.domain, sender, raw.user_agent, raw.accept_language)
        before = self._keys.key_before(site, today)
        return (
            visitor_key(self._keys.key(site, today), *identity),
            visitor_key(before, *identity) if before else None,
        )

    def _who(self, raw: RawHit, network: str) -> Who:
        place = self._places.find(network)
        browser, browser_version, os, os_version, device = technology(
            raw.user_agent, raw.hint_brands, raw.hint_platform, raw.hint_mobile
        )
        return Who(
            country=place.country,
            region=place.region,
            city=place.city,
            provider=place.provider,
            language=language(raw.accept_language),
            browser=browser,
            browser_version=browser_version,
            os=os,
            os_version=os_version,
            device=device,
            screen=screen(raw.viewport_width),
        )


def _kind(name: str) -> Kind:
    if name == Kind.PAGEVIEW.value:
        return Kind.PAGEVIEW
    return Kind.ENGAGEMENT if name == Kind.ENGAGEMENT.value else Kind.EVENT


def _how(raw: RawHit, page: Page, site: Site) -> How:
    source = read_source(raw.referrer, page, site.domain)
    return How(source.channel, source.source, source.referrer, *page.utm)


def _goals(site: Site, kind: Kind, page: str, event: str) -> tuple[str, ...]:
    if not site.goals or kind is Kind.ENGAGEMENT:
        return ()
    reached = match_goals(site.goals, page if kind is Kind.PAGEVIEW else None, event or None)
    return tuple(dict.fromkeys(reached))


def _props(raw: RawHit) -> tuple[tuple[str, str], ...]:
    scrubbed = {
        scrub_text(name, _EVENT_LIMIT): scrub_text(value, _PROP_LIMIT) or NONE
        for name, value in raw.props
    }
    return tuple(scrubbed.items())
