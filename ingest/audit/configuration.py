"""The settings against what footfall promises, and against the criteria of the exemption."""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from ingest.audit.finding import Finding, State, judge
from ingest.settings import PROFILES, Settings
from ingest.store.dimensions import PAGE_PAIRS

_HERE = ("localhost", "127.0.0.1", "::1", None)
_CROWD, _ENOUGH_DAYS, _TWO_BYTES = 5, 759, 16
_EXEMPT = 'profile = "exempt"'


def promises(settings: Settings) -> Iterator[Finding]:
    """Yield what the settings make of the promises of every profile."""
    profile, sites = PROFILES[settings.profile], settings.sites
    yield judge(
        "settings",
        "addresses are cut before anything else looks at them",
        holds=True,
        found=f"/{profile.ipv4_bits} (IPv4), /{profile.ipv6_bits} (IPv6)",
        change="profile",
    )
    alone = [site.domain for site in sites if site.k == 1]
    yield judge(
        "settings",
        "two dimensions are told of crowds only",
        holds=not alone,
        found=", ".join(f"{site.domain}: k = {site.k}" for site in sites),
        change="k = 5",
    )
    yield judge(
        "settings",
        "opt-out signals are honored",
        holds=settings.opt_out_signals == "drop",
        found=f'opt_out_signals = "{settings.opt_out_signals}"',
        change='opt_out_signals = "drop"',
    )
    anybody = [each for each in settings.trusted_proxies if ip_network(each).prefixlen == 0]
    yield judge(
        "settings",
        "only named proxies are believed",
        holds=not anybody,
        found=", ".join(settings.trusted_proxies) or "none is",
        change="trusted_proxies",
    )
    store = urlsplit(settings.store)
    yield judge(
        "settings",
        "records travel encrypted",
        holds=store.scheme != "http" or store.hostname in _HERE,
        found="within this machine" if store.hostname in _HERE else f"{store.scheme} to a server",
        change='store = "https://…"',
    )
    params = [
        f"{site.domain}: {', '.join(site.query_params)}" for site in sites if site.query_params
    ]
    yield judge(
        "settings",
        "pages are named without their query",
        holds=True,
        found="; ".join(params) or "no key of a query is kept",
        change="query_params",
    )


def exemption(settings: Settings) -> Iterator[Finding]:
    """Yield the criteria of the French regulator's exemption for audience measurement.

    What a profile does not promise is open, not failed.
    """
    profile = PROFILES[settings.profile]
    longest = max((site.retention_days for site in settings.sites), default=0)
    few = min((site.k for site in settings.sites), default=_CROWD)
    criteria = (
        (
            "an address loses two bytes before it is used",
            profile.ipv4_bits <= _TWO_BYTES,
            f"/{profile.ipv4_bits}, /{profile.ipv6_bits}",
            _EXEMPT,
        ),
        (
            "visitors are told apart without the whole address",
            settings.count_by == "prefix",
            f'count_by = "{settings.count_by}"',
            'count_by = "prefix"',
        ),
        ("a visitor is not followed over sites or days", True, "one key a site and day", ""),
        ("nothing is kept on the device", True, "no cookie; a visitor's own opt-out", ""),
        ("a place is a city at most", True, "country, or city with a file", "[geo]"),
        ("of a referrer the host alone is kept", True, "host", ""),
        (
            "values of campaigns are not kept",
            not profile.keeps_campaigns,
            "kept" if profile.keeps_campaigns else "not kept",
            _EXEMPT,
        ),
        ("of a browser the major version alone is kept", True, "major", ""),
        (
            "a page meets one other dimension, and nothing else meets",
            profile.pairs == PAGE_PAIRS,
            f"{len(profile.pairs)} pairs",
            _EXEMPT,
        ),
        (
            "what two dimensions share is rounded to tens",
            profile.step == 10 and few >= _CROWD,  # noqa: PLR2004
            f"to {profile.step}, of {few} visitors or more",
            f"{_EXEMPT}, k = 5",
        ),
        (
            "a visitor can object",
            settings.opt_out_signals == "drop",
            f'opt_out_signals = "{settings.opt_out_signals}"',
            'opt_out_signals = "drop"',
        ),
        (
            "records are kept for 25 months at most",
            longest <= _ENOUGH_DAYS,
            f"{longest} days",
            f"retention_days = {_ENOUGH_DAYS}",
        ),
    )
    missed = State.FAILED if settings.profile == "exempt" else State.OPEN
    for criterion, holds, found, change in criteria:
        yield Finding("exemption", criterion, State.PASSED if holds else missed, found, change)
