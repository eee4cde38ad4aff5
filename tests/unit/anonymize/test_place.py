from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from random import Random

import geoip2.database
import maxminddb
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from ingest.anonymize.place import (
    UNKNOWN,
    Place,
    Places,
    bundled_country,
    bundled_provider,
)


@pytest.fixture(scope="module")
def bundled() -> Iterator[Places]:
    places = Places(bundled_country(), bundled_provider())
    yield places
    places.close()


def write(path: Path, kind: str, networks: dict[str, dict[str, object]], version: int = 6) -> Path:
    writer = MMDBWriter(version, kind, ["en"], "made up", ipv4_compatible=version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


def names(**parts: str) -> dict[str, object]:
    return {"names": {locale.replace("_", "-"): name for locale, name in parts.items()}}


# Large national networks: what their registries and operators publish.
@pytest.mark.parametrize(
    ("prefix", "country", "provider"),
    [
        ("90.1.2.0", "FR", "Orange"),
        ("82.64.10.0", "FR", "Free"),
        ("176.130.5.0", "FR", "Bouygues"),
        ("91.10.20.0", "DE", "Deutsche Telekom"),
        ("88.65.1.0", "DE", "Vodafone"),
        ("86.130.7.0", "GB", "British Telecommunications"),
        ("90.200.3.0", "GB", "Sky"),
        ("73.5.6.0", "US", "Comcast"),
        ("174.200.1.0", "US", "Verizon"),
        ("99.240.1.0", "CA", "Rogers"),
        ("24.201.9.0", "CA", "Videotron"),
        ("153.130.4.0", "JP", "NTT"),
        ("126.5.4.0", "JP", "SoftBank"),
        ("112.170.1.0", "KR", "Korea Telecom"),
        ("49.32.1.0", "IN", "Jio"),
        ("117.192.1.0", "IN", "Bharat Sanchar Nigam"),
        ("58.160.1.0", "AU", "Telstra"),
        ("80.24.1.0", "ES", "TELEFONICA DE ESPANA"),
        ("79.1.2.0", "IT", "Telecom Italia"),
        ("93.34.1.0", "IT", "Fastweb"),
        ("77.160.1.0", "NL", "KPN"),
        ("91.176.1.0", "BE", "Proximus"),
        ("178.192.1.0", "CH", "Swisscom"),
        ("83.1.1.0", "PL", "Orange Polska"),
        ("90.224.1.0", "SE", "Telia"),
        ("91.152.1.0", "FI", "Elisa"),
        ("78.160.1.0", "TR", "Turk Telekom"),
        ("178.64.1.0", "RU", "Rostelecom"),
        ("156.192.1.0", "EG", "TE-AS"),
        ("105.96.1.0", "DZ", "Telecom Algeria"),
        ("36.64.1.0", "ID", "Telekomunikasi Indonesia"),
        ("14.160.1.0", "VN", "VNPT"),
        ("2a01:cb00:1::", "FR", "Orange"),
        ("2003:c0:1::", "DE", "Deutsche Telekom"),
        ("2a00:23c0:1::", "GB", "British Telecommunications"),
        ("2601:1:1::", "US", "Comcast"),
        ("2607:fea8:1::", "CA", "Rogers"),
        ("2001:268:1::", "JP", "KDDI"),
        ("2001:2d8:1::", "KR", "SK Telecom"),
        ("240e:1:1::", "CN", "Chinanet"),
        ("2409:8000:1::", "CN", "China Mobile"),
        ("2409:4000:1::", "IN", "Jio"),
        ("2001:8000:1::", "AU", "Telstra"),
        ("2804:14c:10::", "BR", "Claro"),
        ("2a02:a400:1::", "NL", "KPN"),
        ("2001:b07:1::", "IT", "Fastweb"),
    ],
)
def test_knows_large_access_networks(
    bundled: Places,
    prefix: str,
    country: str,
    provider: str,
) -> None:
    place = bundled.find(prefix)
    assert place.country == country
    assert provider in place.provider
    assert (place.region, place.city) == (UNKNOWN, UNKNOWN)


# Regions as Amazon, Google and Microsoft publish them.
@pytest.mark.parametrize(
    ("prefix", "country", "provider"),
    [
        ("52.16.3.0", "IE", "Amazon.com"),
        ("3.120.1.0", "DE", "Amazon.com"),
        ("13.112.1.0", "JP", "Amazon.com"),
        ("54.232.1.0", "BR", "Amazon.com"),
        ("2a05:d018:1::", "IE", "Amazon.com"),
        ("2600:1f18:1::", "US", "Amazon.com"),
        ("34.76.1.0", "BE", "Google"),
        ("34.65.1.0", "CH", "Google"),
        ("20.40.128.0", "FR", "Microsoft"),
        ("51.254.1.0", "FR", "OVH"),
        ("2001:41d0:1::", "FR", "OVH"),
        ("88.198.1.0", "DE", "Hetzner Online"),
        ("2a01:4f8:1::", "DE", "Hetzner Online"),
    ],
)
def test_knows_large_clouds(bundled: Places, prefix: str, country: str, provider: str) -> None:
    place = bundled.find(prefix)
    assert (place.country, place.provider) == (country, provider)


@pytest.mark.parametrize(
    ("prefix", "provider"),
    [
        ("104.16.1.0", "Cloudflare"),
        ("2606:4700:10::", "Cloudflare"),
        ("151.101.1.0", "Fastly"),
        ("23.32.1.0", "Akamai"),
        ("157.240.1.0", "Facebook"),
        ("2a03:2880:f001::", "Facebook"),
    ],
)
def test_knows_the_operators_of_content_networks(
    bundled: Places,
    prefix: str,
    provider: str,
) -> None:
    assert provider in bundled.find(prefix).provider


@pytest.mark.parametrize(
    "prefix",
    [
        "0.1.2.0",
        "10.0.0.0",
        "100.64.0.0",
        "127.0.0.0",
        "169.254.0.0",
        "172.16.0.0",
        "192.0.2.0",
        "192.168.1.0",
        "203.0.113.0",
        "224.0.0.0",
        "255.255.255.0",
        "::",
        "2001:db8:1::",
        "fc00::",
        "fd12:3456:789a::",
        "fe80::",
        "ff02::",
    ],
)
def test_private_and_reserved_networks_are_unknown(bundled: Places, prefix: str) -> None:
    assert bundled.find(prefix) == Place(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


def test_a_prefix_stands_for_every_address_inside() -> None:
    chance = Random(20)
    known = 0
    for path in (bundled_country(), bundled_provider()):
        with maxminddb.open_database(path) as database:
            for _ in range(5_000):
                ipv4 = IPv4Network((chance.getrandbits(24) << 8, 24))
                ipv6 = IPv6Network((0x2A << 120 | chance.getrandbits(40) << 80, 48))
                for network in (ipv4, ipv6):
                    inside = network[chance.randrange(network.num_addresses)]
                    record, length = database.get_with_prefix_len(network[0])
                    assert (record, length) == database.get_with_prefix_len(inside)
                    assert length <= network.prefixlen
                    known += record is not None
    assert known > 5_000


def test_bundled_files_are_small() -> None:
    assert bundled_country().stat().st_size + bundled_provider().stat().st_size < 12_000_000


def test_bundled_files_serve_plain_geoip2() -> None:
    with geoip2.database.Reader(bundled_country()) as reader:
        assert reader.country("91.10.20.30").country.iso_code == "DE"
    with geoip2.database.Reader(bundled_provider()) as reader:
        found = reader.asn("91.10.20.30")
    assert found.autonomous_system_number == 3320
    assert found.autonomous_system_organization == "Deutsche Telekom"


@pytest.mark.parametrize("kind", ["GeoLite2-City", "GeoIP2-City", "DBIP-City-Lite"])
def test_a_city_file_gives_country_region_and_city(tmp_path: Path, kind: str) -> None:
    record = {
        "country": {"iso_code": "GB", **names(en="United Kingdom", de="Vereinigtes Königreich")},
        "subdivisions": [
            {"iso_code": "ENG", **names(en="England")},
            {"iso_code": "WSM", **names(en="Westminster")},
        ],
        "city": names(de="Londen", en="London"),
    }
    networks = {"198.51.100.0/24": record, "2001:db8:7::/48": record}
    city = write(tmp_path / "city.mmdb", kind, networks)
    places = Places(tmp_path / "not-opened.mmdb", bundled_provider(), city)
    expected = Place("GB", "England", "London", UNKNOWN)
    assert places.find("198.51.100.0") == expected
    assert places.find("2001:db8:7::") == expected
    assert places.find("90.1.2.0") == Place(UNKNOWN, UNKNOWN, UNKNOWN, "Orange")
    places.close()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"country": {"iso_code": "FR"}}, ("FR", UNKNOWN, UNKNOWN)),
        ({"city": names(en="Monaco"), "country": {"iso_code": "MC"}}, ("MC", UNKNOWN, "Monaco")),
        ({"subdivisions": [{"iso_code": "X"}], "city": {}}, (UNKNOWN, UNKNOWN, UNKNOWN)),
        ({"location": {"latitude": 1.0}}, (UNKNOWN, UNKNOWN, UNKNOWN)),
    ],
)
def test_what_a_city_file_lacks_is_unknown(
    tmp_path: Path,
    record: dict[str, object],
    expected: tuple[str, str, str],
) -> None:
    city = write(tmp_path / "city.mmdb", "GeoLite2-City", {"198.51.100.0/24": record})
    places = Places(bundled_country(), None, city)
    assert places.find("198.51.100.0") == Place(*expected, UNKNOWN)
    places.close()


def test_reads_the_operator_files_of_maxmind_and_db_ip(tmp_path: Path) -> None:
    for kind in ("GeoLite2-ASN", "DBIP-ASN-Lite (compat=GeoLite2-ASN)"):
        record = {"autonomous_system_number": 1, "autonomous_system_organization": "Acme S.p.A."}
        networks = {"198.51.100.0/24": record, "203.0.113.0/24": {"autonomous_system_number": 2}}
        provider = write(tmp_path / "asn.mmdb", kind, networks)
        places = Places(bundled_country(), provider)
        assert places.find("198.51.100.0").provider == "Acme"
        assert places.find("203.0.113.0").provider == UNKNOWN
        places.close()


def test_without_a_provider_file_the_provider_is_unknown() -> None:
    places = Places(bundled_country(), None)
    assert places.find("90.1.2.0") == Place("FR", UNKNOWN, UNKNOWN, UNKNOWN)
    places.close()


def test_remembers_a_bounded_number_of_prefixes_until_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.anonymize.place.REMEMBERED", 10)
    places = Places(bundled_country(), None)
    for number in range(50):
        places.find(str(IPv6Address(0x2A01 << 112 | number << 80)))
    assert places.find.cache_info().currsize == 10
    places.close()
    assert places.find.cache_info().currsize == 0


def test_a_missing_or_broken_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    missing = tmp_path / "missing.mmdb"
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not a database")
    empty = tmp_path / "empty.mmdb"
    empty.touch()
    for path in (missing, broken, empty, tmp_path):
        with pytest.raises(ValueError, match="cannot be read") as caught:
            Places(path, None)
        told = str(caught.value)
        assert str(path) in told
        assert "MMDB file of MaxMind or DB-IP" in told
        assert "\n" not in told


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    flat = write(tmp_path / "flat.mmdb", "country", {"198.51.100.0/24": {"country_code": "FR"}})
    for paths in (
        (flat, None),
        (bundled_provider(), None),
        (bundled_country(), bundled_country()),
        (bundled_country(), None, bundled_country()),
    ):
        with pytest.raises(ValueError, match=r"\.mmdb holds .* for IPv6: give an MMDB file"):
            Places(*paths)


def test_a_file_without_ipv6_is_refused_at_the_start(tmp_path: Path) -> None:
    networks = {"198.51.100.0/24": {"country": {"iso_code": "FR"}}}
    half = write(tmp_path / "half.mmdb", "GeoLite2-Country", networks, version=4)
    with pytest.raises(ValueError, match=r"for IPv4: .* covers IPv4 and IPv6"):
        Places(half, None)
