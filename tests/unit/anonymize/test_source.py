import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.page import read_page
from ingest.anonymize.source import Source, find_source, read_authority

DIRECT = Source("Direct", "Direct", "Direct")


def source_of(
    referrer: str = "",
    query: str = "",
    url: str = "https://www.example.com/",
    domain: str = "example.com",
) -> Source:
    page = read_page(f"{url}?{query}", False, ())
    assert page is not None
    authority = read_authority(referrer)
    return find_source(authority, page.host, page.utm, page.click, domain)


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("https://www.google.com/", ("Organic Search", "Google", "google.com")),
        ("https://www.google.co.uk/search?q=jane", ("Organic Search", "Google", "google.co.uk")),
        ("https://duckduckgo.com", ("Organic Search", "DuckDuckGo", "duckduckgo.com")),
        ("http://l.facebook.com/l.php?u=x", ("Organic Social", "Facebook", "l.facebook.com")),
        ("https://t.co/abc", ("Organic Social", "X", "t.co")),
        ("https://m.youtube.com/", ("Organic Video", "YouTube", "m.youtube.com")),
        ("https://www.amazon.de/", ("Organic Shopping", "Amazon", "amazon.de")),
        ("https://mail.google.com/", ("Email", "Gmail", "mail.google.com")),
        ("android-app://com.google.android.gm/", ("Email", "Gmail", "com.google.android.gm")),
        ("https://chatgpt.com/", ("AI Assistants", "ChatGPT", "chatgpt.com")),
        ("https://open.spotify.com/", ("Audio", "Spotify", "open.spotify.com")),
        ("https://github.com/o/r", ("Referral", "GitHub", "github.com")),
        ("https://Blog.Other.ORG./x", ("Referral", "blog.other.org", "blog.other.org")),
        ("https://jane:pw@other.org:8443/", ("Referral", "other.org", "other.org")),
        ("https://xn--bcher-kva.example/", ("Referral", "bücher.example", "bücher.example")),
        ("https://notexample.com/", ("Referral", "notexample.com", "notexample.com")),
        (
            "https://example.com.evil.org/",
            ("Referral", "example.com.evil.org", "example.com.evil.org"),
        ),
    ],
)
def test_a_referrer_is_its_host(referrer: str, expected: tuple[str, str, str]):
    assert source_of(referrer) == Source(*expected)


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("http://192.168.1.10/", "(unknown)"),
        ("http://[2001:db8::1]/", "(unknown)"),
        ("http://localhost:3000/", "(unknown)"),
        ("http://janes-pc/", "(unknown)"),
        ("http://nas.local/", "(unknown)"),
        ("http://wiki.corp/", "(unknown)"),
        ("https://exa mple.org/", "(unknown)"),
        ("https://" + "x" * 10_000 + "/", "(unknown)"),
        ("https://\ud800.org/", "(unknown)"),
        ("https://82-64-12-200.subs.isp.example/", ":id.subs.isp.example"),
        ("https://d3f8a9b2c1e4.cdn.example/", ":id.cdn.example"),
    ],
)
def test_a_host_that_could_be_a_persons_is_not_told(referrer: str, host: str):
    assert source_of(referrer) == Source("Referral", host, host)


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "https://example.com/a",
        "https://www.example.com/a?b",
        "https://shop.example.com/",
        "HTTPS://EXAMPLE.COM:8443",
        "about:client",
        "null",
        "file:///home/jane/",
        "javascript:alert(1)",
        "example.org",
        "https:///path",
        "\x00",
    ],
)
def test_the_site_itself_and_what_is_no_web_page_are_no_source(referrer: str):
    assert source_of(referrer) == DIRECT


def test_the_host_of_the_page_is_the_site_too():
    url = "https://example-com.translate.goog/"
    assert source_of("https://example-com.translate.goog/a", url=url) == DIRECT
    assert source_of("http://127.0.0.1:8000/a", url="http://127.0.0.1:8000/") == DIRECT
    assert (
        source_of("http://localhost/a", url="http://localhost/", domain="localhost:8000") == DIRECT
    )
    assert source_of(
        "https://example.com/", url="https://blog.example.com/", domain="blog.example.com"
    ) == Source("Referral", "example.com", "example.com")


@pytest.mark.parametrize(
    ("query", "channel", "source"),
    [
        ("utm_source=fb&utm_medium=paid", "Paid Social", "Facebook"),
        ("utm_source=google&utm_medium=cpc", "Paid Search", "Google"),
        ("utm_source=newsletter", "Email", "Newsletter"),
        ("utm_source=chatgpt.com", "AI Assistants", "ChatGPT"),
        ("utm_source=flyer&utm_medium=print", "Referral", "flyer"),
        ("utm_medium=email", "Email", "(unknown)"),
        ("utm_campaign=spring", "Referral", "(unknown)"),
        ("utm_source=direct", "Direct", "Direct"),
        ("utm_source=(direct)&utm_medium=(none)", "Direct", "Direct"),
        ("ref=producthunt", "Organic Social", "Product Hunt"),
        ("ref=https%3A%2F%2Fnews.ycombinator.com%2Fitem", "Organic Social", "Hacker News"),
        ("ref=https%3A%2F%2Fother.org%2Fa", "Referral", "other.org"),
        ("gclid=1", "Paid Search", "Google"),
        ("dclid=1", "Display", "Google"),
        ("msclkid=1", "Paid Search", "Bing"),
        ("ttclid=1", "Paid Social", "TikTok"),
        ("fbclid=1", "Organic Social", "Facebook"),
        ("gclid=1&utm_source=partner&utm_medium=affiliate", "Affiliates", "partner"),
    ],
)
def test_a_campaign_tells_the_source(query: str, channel: str, source: str):
    assert source_of(query=query) == Source(channel, source, "Direct")


def test_a_campaign_wins_over_the_referrer():
    told = source_of("https://www.google.com/", "utm_source=fb")
    assert told == Source("Organic Social", "Facebook", "google.com")


def test_a_paid_click_wins_over_the_referrer_and_a_free_one_does_not():
    google = "https://www.google.com/"
    assert source_of(google, "gclid=1") == Source("Paid Search", "Google", "google.com")
    instagram = "https://l.instagram.com/"
    expected = Source("Organic Social", "Instagram", "l.instagram.com")
    assert source_of(instagram, "fbclid=1") == expected


def test_a_medium_without_a_source_speaks_of_the_referrer():
    told = source_of("https://www.google.com/", "utm_medium=cpc")
    assert told == Source("Paid Search", "Google", "google.com")


texts = st.text(st.characters(), max_size=30)


@given(
    st.builds("{}{}".format, st.sampled_from(["https://", "android-app://", ""]), texts),
    st.tuples(texts, texts, texts, texts, texts),
    st.sampled_from(["", "google", "facebook"]),
    texts,
)
@settings(deadline=None)
def test_any_texts_give_a_source(
    referrer: str, utm: tuple[str, str, str, str, str], click: str, domain: str
):
    told = find_source(read_authority(referrer), "example.com", utm, click, domain)
    assert all(told)
    assert not set(told.referrer) & set("/?#@ ")
    assert told.referrer.isprintable()
