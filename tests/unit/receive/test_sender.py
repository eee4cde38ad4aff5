import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.browser import read_browser
from ingest.receive.proxies import Proxies
from ingest.receive.sender import Sender, read_sender

PROXY, VISITOR, HEARSAY = "127.0.0.1", "203.0.113.77", "198.51.100.66"
PROXIES = Proxies([f"{PROXY}/32"])


def sender(*headers, peer=VISITOR):
    return read_sender(headers, peer, PROXIES)


def test_headers_of_a_browser_are_read():
    assert sender(
        (b"user-agent", b"Mozilla/5.0"),
        (b"accept-language", b"fr-FR,fr;q=0.9"),
        (b"sec-ch-ua", b'"Chromium";v="141"'),
        (b"sec-ch-ua-platform", b'"Linux"'),
        (b"sec-ch-ua-mobile", b"?0"),
        (b"cookie", b"id=7"),
        (b"x-requested-with", b"x"),
    ) == Sender(
        address=VISITOR,
        browser=read_browser(
            "Mozilla/5.0", "fr-FR,fr;q=0.9", '"Chromium";v="141"', '"Linux"', "?0"
        ),
        opted_out=False,
        prefetched=False,
    )


def nobody():
    return Sender(VISITOR, read_browser("", "", "", "", ""), opted_out=False, prefetched=False)


def test_without_headers_everything_is_empty():
    assert sender() == nobody()


@pytest.mark.parametrize(
    ("name", "value", "opted_out"),
    [
        (b"sec-gpc", b"1", True),
        (b"sec-gpc", b"0", False),
        (b"sec-gpc", b"", False),
        (b"dnt", b"1", True),
        (b"dnt", b"0", False),
        (b"dnt", b"null", False),
    ],
)
def test_opt_out_signals_are_read(name, value, opted_out):
    assert sender((name, value)).opted_out is opted_out


@pytest.mark.parametrize(
    ("name", "value", "prefetched"),
    [
        (b"sec-purpose", b"prefetch", True),
        (b"sec-purpose", b"prefetch;prerender", True),
        (b"purpose", b"prefetch", True),
        (b"purpose", b"preview", False),
        (b"sec-purpose", b"", False),
    ],
)
def test_a_page_fetched_ahead_is_told(name, value, prefetched):
    assert sender((name, value)).prefetched is prefetched


def test_headers_on_several_lines_are_one_list():
    read = sender(
        (b"x-forwarded-for", HEARSAY.encode()), (b"x-forwarded-for", VISITOR.encode()), peer=PROXY
    )
    assert read.address == VISITOR


def test_who_is_no_proxy_names_no_other_client():
    forged = [(b"x-forwarded-for", HEARSAY.encode()), (b"forwarded", f"for={HEARSAY}".encode())]
    assert sender(*forged) == nobody()


@pytest.mark.parametrize("name", [b"user-agent", b"accept-language", b"sec-ch-ua"])
def test_an_endless_header_is_cut(name):
    assert sender((name, b"x" * 100_000)) == sender((name, b"x" * 50_000))


@pytest.mark.parametrize("claims", [1, 60, 64, 65, 1_000])
@pytest.mark.parametrize(
    ("name", "claim", "seen"),
    [
        (b"x-forwarded-for", f"{HEARSAY}, ", VISITOR),
        (b"forwarded", f"for={HEARSAY}, ", f"for={VISITOR}"),
    ],
)
def test_a_visitor_cannot_push_the_proxys_word_out_of_a_long_header(name, claim, seen, claims):
    assert sender((name, (claim * claims + seen).encode()), peer=PROXY).address == VISITOR


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([b"user-agent", b"dnt", b"forwarded"]), st.binary())))
def test_any_bytes_are_read(headers):
    assert sender(*headers).address == VISITOR
