from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.address import cut, pack
from ingest.settings import PROFILES

NO_ADDRESSES = [
    "",
    " ",
    "x",
    "1.2.3",
    "1.2.3.256",
    "010.0.0.1",
    "1.2.3.4:80",
    "[::1]",
    ":::",
    "1.2.3.4\0",
]


@pytest.mark.parametrize(
    ("address", "standard", "exempt"),
    [
        ("203.0.113.77", "203.0.113.0", "203.0.0.0"),
        ("255.255.255.255", "255.255.255.0", "255.255.0.0"),
        ("::ffff:203.0.113.77", "203.0.113.0", "203.0.0.0"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::", "2001:db8::"),
        ("2001:DB8:1234:ffff:ffff:ffff:ffff:ffff", "2001:db8:1234::", "2001:db8::"),
        ("fe80::1%eth0", "fe80::", "fe80::"),
        ("::1", "::", "::"),
    ],
)
def test_an_address_is_cut_to_its_network(address, standard, exempt):
    assert cut(address, PROFILES["standard"]) == standard
    assert cut(address, PROFILES["exempt"]) == exempt


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_leaves_nothing(address):
    assert pack(address) is None
    assert cut(address, PROFILES["standard"]) == ""


@settings(deadline=None)
@given(st.ip_addresses(), st.sampled_from(list(PROFILES.values())))
def test_every_address_of_a_network_is_cut_to_the_same(address, profile):
    if getattr(address, "ipv4_mapped", None):
        address = address.ipv4_mapped
    bits = profile.ipv4_bits if address.version == 4 else profile.ipv6_bits
    network = ip_network(f"{address}/{bits}", strict=False)
    assert ip_address(cut(str(address), profile)) == network.network_address
    assert pack(str(address)) == address.packed


@settings(deadline=None)
@given(st.text("0123456789abcdefABCDEF:.%x é\0", max_size=45))
def test_any_text_is_packed_or_not(text):
    assert pack(text) is None or len(pack(text)) in (4, 16)
