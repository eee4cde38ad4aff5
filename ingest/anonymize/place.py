"""Where a hit comes from, and through whose network, as far as its address prefix tells."""

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import geoip2.database
import geoip2.errors
import maxminddb
import msgspec
from geoip2.database import Reader

from ingest.anonymize.provider import name_provider
from ingest.store.dimensions import UNKNOWN

REMEMBERED = 65_536
"""Prefixes whose place is kept in memory; about 16 MB when full."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """What a prefix tells; each part is `(unknown)` if the databases do not say."""

    country: str
    """ISO 3166-1 alpha-2, such as `FR`."""
    region: str
    """The largest division of the country, in English; only from a city database."""
    city: str
    """In English; only from a city database."""
    provider: str
    """The network operator, as `name_provider` names it."""


_NOWHERE = Place(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


@lru_cache(maxsize=4_096)
def _place(country: str, region: str, city: str, provider: str) -> Place:
    """Return one object for equal places, which are many."""
    return Place(country, region, city, provider)


class Places:
    """Looks prefixes up in MMDB files of MaxMind, of DB-IP, or the bundled ones."""

    def __init__(self, country: Path, provider: Path | None, city: Path | None = None) -> None:
        """With a `city` file the country comes from it too, and `country` stays closed.

        Raises `ValueError`, naming the file and the remedy, for one that cannot serve.
        """
        self._has_cities = city is not None
        self._location = _open(city, "City") if city else _open(country, "Country")
        self._provider = _open(provider, "GeoLite2-ASN") if provider else None
        self.find: Callable[[str], Place] = lru_cache(REMEMBERED)(self._look_up)
        """Returns the place of a network by its first address, such as `203.0.113.0`.

        An empty prefix, of an address that could not be read, is nowhere.
        """
        self.forget: Callable[[], None] = self.find.cache_clear
        """Forgets the prefixes."""

    def close(self) -> None:
        """Close the files and forget the prefixes."""
        self.forget()
        self._location.close()
        if self._provider:
            self._provider.close()

    def _look_up(self, prefix: str) -> Place:
        if not prefix:
            return _NOWHERE
        country, region, city = self._locate(prefix)
        return _place(country, region, city, self._name(prefix))

    def _locate(self, prefix: str) -> tuple[str, str, str]:
        try:
            if not self._has_cities:
                return self._location.country(prefix).country.iso_code or UNKNOWN, UNKNOWN, UNKNOWN
            found = self._location.city(prefix)
        except geoip2.errors.AddressNotFoundError:
            return UNKNOWN, UNKNOWN, UNKNOWN
        region = found.subdivisions[0].name if found.subdivisions else None
        return found.country.iso_code or UNKNOWN, region or UNKNOWN, found.city.name or UNKNOWN

    def _name(self, prefix: str) -> str:
        try:
            name = self._provider and self._provider.asn(prefix).autonomous_system_organization
        except geoip2.errors.AddressNotFoundError:
            return UNKNOWN
        return name_provider(name) if name else UNKNOWN


def bundled_country() -> Path:
    """Return the country database that comes with footfall."""
    return _bundled("country.mmdb")


def bundled_provider() -> Path:
    """Return the provider database that comes with footfall."""
    return _bundled("provider.mmdb")


def _bundled(name: str) -> Path:
    return Path(str(files("ingest.anonymize.geo").joinpath(name)))


def _open(path: Path, kind: str) -> Reader:
    """Open a database for `kind` of lookups; mapped into memory, so only pages in use cost."""
    try:
        reader = geoip2.database.Reader(path, mode=maxminddb.MODE_AUTO)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise ValueError(_refuse(path, kind, f"cannot be read ({type(error).__name__})")) from error
    about = reader.metadata()
    if kind in about.database_type and about.ip_version == 6:  # noqa: PLR2004
        return reader
    reader.close()
    held = f"holds {about.database_type} for IPv{about.ip_version}"
    raise ValueError(_refuse(path, kind, held))


def _refuse(path: Path, kind: str, reason: str) -> str:
    remedy = f"give an MMDB file of MaxMind or DB-IP whose type contains {kind!r} and that covers "
    return f"geo database {path} {reason}: {remedy}IPv4 and IPv6, or leave the setting out"
