from datetime import date
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ingest.anonymize.anonymizer import Anonymizer
from ingest.anonymize.browser import read_browser
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.anonymize.raw_hit import RawHit
from ingest.settings import Goal, Settings, Site
from ingest.store.drops import DropReason
from ingest.visit.hit import Hit, How, Kind, Where, Who
from ingest.visit.keys import Keyring

SITE = Site(
    "example.com",
    timezone=ZoneInfo("Europe/Paris"),
    goals=(Goal("Signup", event="Signup"), Goal("Blog", page="/blog/**")),
    query_params=("q",),
)
NOW = 1_795_474_800
"""Midnight in Paris: 2026-11-24 begins."""
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.7390.55 Safari/537.36"
)
FRENCH = "fr-FR,fr;q=0.9,en;q=0.8"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
RAW = RawHit(
    name="pageview",
    url="https://www.example.com/blog/a?q=shoes&token=1&utm_source=mail&utm_term=x#fragment",
    domains=("example.com",),
    referrer="https://www.google.com/search?q=secret",
    props=(("plan", "pro"),),
    hash_routing=False,
    interactive=True,
    viewport_width=1280,
    engaged=5_000,
    scroll=50,
    address="90.1.2.77",
    browser=read_browser(CHROME, FRENCH),
    opted_out=False,
    prefetched=False,
)


@pytest.fixture(scope="module")
def places():
    places = Places(bundled_country(), bundled_provider())
    yield places
    places.close()


@pytest.fixture
def anonymize(places):
    """Return a function that anonymizes the raw hit with changes, under settings."""
    keys = Keyring()

    def run(
        now=NOW, site=SITE, settings=None, user_agent=CHROME, accept_language=FRENCH, **changes
    ):
        browser = read_browser(user_agent, accept_language)
        raw = msgspec.structs.replace(RAW, browser=browser, **changes)
        return Anonymizer(Settings(**settings or {}), places, keys)(raw, site, now)

    run.keys = keys
    return run


def test_a_page_view_is_told_in_the_words_of_the_dimensions(anonymize):
    hit = anonymize()
    assert isinstance(hit, Hit)
    assert (hit.site, hit.time, hit.kind) == (SITE, NOW, Kind.PAGEVIEW)
    assert hit.where == Where("/blog/a?q=shoes", "/blog", "www.example.com")
    assert (hit.how.utm_source, hit.how.utm_medium, hit.how.utm_term) == ("mail", "(none)", "x")
    assert hit.how.referrer == "google.com"
    assert hit.who == Who(
        country="FR",
        region="(unknown)",
        city="(unknown)",
        provider="Orange",
        language="fr",
        browser="Chrome",
        browser_version="Chrome 141",
        os="Windows",
        os_version="Windows 10+",
        device="desktop",
        screen=hit.who.screen,
    )
    assert (hit.event, hit.goals, hit.props) == ("", ("Blog",), (("plan", "pro"),))


def test_nothing_else_of_the_raw_hit_is_left(anonymize):
    told = repr(anonymize())
    for raw in ("90.1.2", "7390", "Mozilla", "q=0.9", "en;", "token", "fragment", "secret", "1280"):
        assert raw not in told


@pytest.mark.parametrize(
    ("name", "kind", "event", "goals", "engaged"),
    [
        ("pageview", Kind.PAGEVIEW, "", ("Blog",), 0),
        ("engagement", Kind.ENGAGEMENT, "", (), 5_000),
        ("Signup", Kind.EVENT, "Signup", ("Signup",), 0),
        ("Pageview", Kind.EVENT, "Pageview", (), 0),
        ("Mail jane.doe@example.org", Kind.EVENT, "Mail :email", (), 0),
    ],
)
def test_a_name_says_what_kind_a_hit_is(anonymize, name, kind, event, goals, engaged):
    hit = anonymize(name=name)
    assert (hit.kind, hit.event, hit.goals, hit.engaged) == (kind, event, goals, engaged)
    assert hit.scroll == (50 if kind is Kind.ENGAGEMENT else 0)


def test_properties_are_scrubbed(anonymize):
    hit = anonymize(props=(("mail", "jane.doe@example.org"), ("none", ""), ("plan", "pro")))
    assert hit.props == (("mail", ":email"), ("none", "(none)"), ("plan", "pro"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opted_out": True, "prefetched": True, "user_agent": ROBOT}, DropReason.OPT_OUT),
        ({"prefetched": True, "user_agent": ROBOT}, DropReason.PREFETCH),
        ({"user_agent": ROBOT, "accept_language": ""}, DropReason.ROBOT),
        ({"user_agent": "", "accept_language": ""}, DropReason.NO_BROWSER),
        ({"accept_language": ""}, DropReason.NO_BROWSER),
    ],
)
def test_a_hit_is_refused_for_the_first_reason(anonymize, changes, reason):
    assert anonymize(**changes) is reason
    assert anonymize.keys._keys == {}


def test_p5_an_opt_out_signal_drops_the_hit_by_default(anonymize):
    assert anonymize(opted_out=True) is DropReason.OPT_OUT
    assert anonymize(settings={"opt_out_signals": "drop"}, opted_out=True) is DropReason.OPT_OUT


def test_an_opt_out_signal_can_count_in_the_totals_alone(anonymize):
    hit = anonymize(settings={"opt_out_signals": "totals"}, opted_out=True)
    assert (hit.visitor, hit.visitor_before) == (None, None)
    assert anonymize.keys._keys == {}
    assert anonymize(settings={"opt_out_signals": "totals"}).visitor is not None


def test_an_opt_out_signal_can_be_ignored(anonymize):
    settings = {"opt_out_signals": "ignore"}
    assert anonymize(settings=settings, opted_out=True) == anonymize(settings=settings)


@pytest.mark.parametrize("settings", [{}, {"profile": "exempt"}])
def test_who_shares_a_network_and_a_browser_is_one_visitor(anonymize, settings):
    def visitor(**changes):
        return anonymize(settings=settings, **changes).visitor

    other_network = "90.1.3.77" if not settings else "90.2.2.77"
    assert visitor() == visitor(address="90.1.2.78")
    assert visitor() != visitor(address=other_network)
    assert visitor() != visitor(user_agent=CHROME.replace("7390", "7391"))
    assert visitor() != visitor(accept_language="fr-FR,fr;q=0.9")
    assert visitor() != visitor(site=Site("other.example", timezone=SITE.timezone))


def test_the_exempt_profile_sees_less_of_an_address(anonymize):
    assert anonymize(settings={"profile": "exempt"}).visitor == (
        anonymize(settings={"profile": "exempt"}, address="90.1.99.1").visitor
    )


def test_visitors_can_be_counted_by_address(anonymize):
    settings = {"count_by": "address"}
    one, other = (anonymize(settings=settings, address=f"90.1.2.{end}") for end in (77, 78))
    assert one.visitor != other.visitor
    assert msgspec.structs.replace(one, visitor=0) == msgspec.structs.replace(other, visitor=0)
    assert one.visitor == anonymize(settings=settings, address="90.1.2.77").visitor


def test_one_address_is_one_visitor_however_it_is_written(anonymize):
    for by in ("prefix", "address"):
        settings = {"count_by": by}
        plain = anonymize(settings=settings).visitor
        assert anonymize(settings=settings, address="::ffff:90.1.2.77").visitor == plain


def test_the_visitor_is_another_one_each_day(anonymize):
    yesterday, today = anonymize(NOW - 1), anonymize(NOW)
    assert yesterday.visitor_before is None
    assert today.visitor_before == yesterday.visitor != today.visitor
    tomorrow = anonymize(NOW + 86_400)
    assert tomorrow.visitor_before == today.visitor


def test_without_a_key_of_yesterday_there_is_no_visitor_of_yesterday(anonymize):
    anonymize(NOW - 1)
    anonymize.keys.forget(SITE, date(2026, 11, 23))
    assert anonymize(NOW).visitor_before is None


def test_no_referrer_and_no_campaign_is_direct(anonymize):
    hit = anonymize(referrer="", url="https://example.com/")
    assert hit.how == How("Direct", "Direct", "Direct", *["(none)"] * 5)


@pytest.mark.parametrize("address", ["", "unknown"])
def test_without_an_address_a_hit_has_no_place(anonymize, address):
    hit = anonymize(address=address)
    assert (hit.who.country, hit.who.provider) == ("(unknown)", "(unknown)")
    assert hit.visitor is not None


def test_p6_nothing_made_from_a_key_outlives_it(places):
    keys = Keyring()
    anonymizer = Anonymizer(Settings(), places, keys)
    yesterday = anonymizer(RAW, SITE, NOW - 1)
    assert anonymizer(RAW, SITE, NOW).visitor_before == yesterday.visitor
    keys.forget(SITE, date(2026, 11, 23))
    anonymizer.forget()
    assert not anonymizer._begun
    assert anonymizer(RAW, SITE, NOW).visitor_before is None
