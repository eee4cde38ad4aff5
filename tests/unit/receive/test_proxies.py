"""P8: only configured proxies are believed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.receive.proxies import Proxies

PROXIES = Proxies(["10.0.0.0/8", "192.0.2.7", "2001:db8:ffff::/48"])
PROXY = "10.0.0.1"
VISITOR = "203.0.113.77"
VISITOR_6 = "2001:db8::77"
HEARSAY = "198.51.100.66"
HEADERS = st.text('for=FOR;,:."[]%_ \t0129af\\é', max_size=80)


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        (VISITOR, VISITOR),
        (f"{HEARSAY}, {VISITOR}", VISITOR),
        (f"{HEARSAY},{VISITOR},10.9.9.9 , 192.0.2.7", VISITOR),
        (f"{HEARSAY}, {VISITOR}, 2001:db8:ffff::1", VISITOR),
        (f"{VISITOR}, ::ffff:10.0.0.2", VISITOR),
        (f"{VISITOR}:51234", VISITOR),
        (VISITOR_6, VISITOR_6),
        (f"[{VISITOR_6}]", VISITOR_6),
        (f"[{VISITOR_6}]:51234", VISITOR_6),
        ("", PROXY),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (f"{VISITOR}, unknown", PROXY),
        (f"{VISITOR}, unknown, 10.0.0.2", "10.0.0.2"),
        (f"{VISITOR},", PROXY),
        (f"{VISITOR}, 10.0.0.256", PROXY),
        (f"{VISITOR}, 010.0.0.1", PROXY),
    ],
)
def test_the_last_hop_that_is_no_proxy_is_the_client(forwarded_for, client):
    assert PROXIES.client(PROXY, forwarded_for, "") == client


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (f"for={VISITOR}", VISITOR),
        (f"FOR={VISITOR};proto=https;by=10.0.0.1", VISITOR),
        (f'for="{VISITOR}:51234"', VISITOR),
        (f'for="[{VISITOR_6}]:51234";host=example.com', VISITOR_6),
        (f'proto=https; for="[{VISITOR_6}]"', VISITOR_6),
        (f"for={HEARSAY}, for={VISITOR}, for=10.0.0.2", VISITOR),
        (f'for={HEARSAY};by={HEARSAY},by=10.1.1.1;for="{VISITOR}"', VISITOR),
        (f"for={VISITOR}, for=_hidden", PROXY),
        (f"for={VISITOR}, for=unknown", PROXY),
        (f"by={HEARSAY};host=for.example", PROXY),
        ("for", PROXY),
    ],
)
def test_the_standard_header_is_read_the_same_way(forwarded, client):
    assert PROXIES.client(PROXY, "", forwarded) == client


def test_the_usual_header_goes_before_the_standard_one():
    assert PROXIES.client(PROXY, VISITOR, f"for={HEARSAY}") == VISITOR


@pytest.mark.parametrize("peer", [VISITOR, "192.0.2.8", "::ffff:203.0.113.77", VISITOR_6, "", "x"])
def test_who_is_no_proxy_is_not_believed(peer):
    assert PROXIES.client(peer, HEARSAY, f"for={HEARSAY}") == peer


def test_without_proxies_nobody_is_believed():
    assert Proxies([]).client("127.0.0.1", HEARSAY, f"for={HEARSAY}") == "127.0.0.1"


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.1", "192.0.2.7", "2001:db8:ffff::9"])
def test_every_way_to_write_a_proxy_is_known(peer):
    assert PROXIES.client(peer, VISITOR, "") == VISITOR


def test_networks_of_the_other_family_do_not_match():
    assert Proxies(["::/0"]).client("10.0.0.1", HEARSAY, "") == "10.0.0.1"
    assert Proxies(["0.0.0.0/0"]).client(VISITOR_6, HEARSAY, "") == VISITOR_6


def test_a_quoted_host_names_no_client():
    forwarded = f'for={VISITOR};host="a,for={HEARSAY}"'
    assert PROXIES.client(PROXY, "", forwarded) == VISITOR


def test_an_element_without_a_client_hides_what_is_left_of_it():
    assert PROXIES.client(PROXY, "", f"for={HEARSAY}, proto=https;by=10.0.0.1") == PROXY


@settings(deadline=None)
@given(HEADERS, HEADERS)
def test_what_a_visitor_claims_is_left_of_what_the_proxy_saw(claimed, claimed_too):
    assert PROXIES.client(PROXY, f"{claimed}, {VISITOR}", claimed_too) == VISITOR


@settings(deadline=None)
@given(HEADERS, HEADERS)
def test_any_header_gives_an_address(forwarded_for, forwarded):
    client = PROXIES.client(PROXY, forwarded_for, forwarded)
    assert client == PROXY or client in forwarded_for + forwarded
