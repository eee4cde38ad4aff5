"""One frozen Settings, from a file, the environment and the command line, in rising priority."""

import hashlib
import hmac
import re
import tomllib
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from ingest.store.dimensions import DIMENSIONS, PAGE_PAIRS, PAIRS, Pairs

_DOMAIN = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*(:\d{1,5})?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CLUSTER = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_RETENTION_LIMIT = 10_000
"""Days; ClickHouse ends the lives of rows in a type that ends in the year 2106."""
_Profile = Literal["standard", "exempt"]
_CountBy = Literal["prefix", "address"]
_Signals = Literal["drop", "totals", "ignore"]
_CHOICES = {
    "profile": get_args(_Profile),
    "count_by": get_args(_CountBy),
    "opt_out_signals": get_args(_Signals),
}
_CAPPED = frozenset(dimension.name for dimension in DIMENSIONS)
_LISTS = ("site", "key", "trusted_proxies", "servers")
_OWN_VARIABLES = ("FOOTFALL_CONFIG", "FOOTFALL_TEST_CLICKHOUSE_URL")


class SettingsError(Exception):
    """What is wrong with the settings, in one line that names the place and the remedy."""


class Profile(NamedTuple):
    """A named set of privacy settings."""

    ipv4_bits: int
    ipv6_bits: int
    keeps_campaigns: bool = True
    """Whether `utm_*` values are kept."""
    pairs: Pairs = PAIRS
    """The dimensions that may meet."""
    step: int = 1
    """To a multiple of which counts are rounded that two dimensions share."""
    longest_retention: int = _RETENTION_LIMIT
    """Days."""


PROFILES = {
    "standard": Profile(ipv4_bits=24, ipv6_bits=48),
    "exempt": Profile(
        ipv4_bits=16,
        ipv6_bits=32,
        keeps_campaigns=False,
        pairs=PAGE_PAIRS,
        step=10,
        longest_retention=759,
    ),
}


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named custom event, or a page pattern (`*` within a segment, `**` across)."""

    name: str
    event: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        if bool(self.event) == bool(self.page):
            raise ValueError("a goal has either an event or a page")
        if self.page and not self.page.startswith("/"):
            raise ValueError("a goal's page starts with /")


class Site(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """A website whose traffic is counted. Compared by identity: there is one object a site."""

    domain: str
    timezone: ZoneInfo = ZoneInfo("UTC")
    k: int = 5
    """Visitors who must share a crosstab cell, or a free text, before it is stored."""
    retention_days: int = 759
    hours_days: int = 62
    """For which hours are kept, today among them; the totals' for all of `retention_days`."""
    goals: tuple[Goal, ...] = ()
    query_params: tuple[str, ...] = ()
    """Keys of a page's query that stay in its name."""
    public: bool = False
    """Whether its statistics can be read without a key."""

    def __post_init__(self) -> None:
        if self.domain != site_name(self.domain):
            raise ValueError(f"write the domain as {site_name(self.domain)!r}")
        if not _DOMAIN.fullmatch(self.domain):
            raise ValueError("not a domain; write it like example.com, without scheme and path")
        if self.k < 1:
            raise ValueError("k is at least 1 (1 switches the crowd rule off)")
        if not 1 <= self.retention_days <= _RETENTION_LIMIT:
            raise ValueError(f"retention_days is 1 to {_RETENTION_LIMIT}")
        if not 2 <= self.hours_days <= _RETENTION_LIMIT:  # noqa: PLR2004
            raise ValueError(f"hours_days is 2 to {_RETENTION_LIMIT}; the last 24 hours are of two")


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key: the hash of its secret, and the sites whose statistics, and batches, it opens."""

    name: str
    sha256: str
    sites: tuple[str, ...]

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError("sha256 is 64 hexadecimal digits, as `footfall key new` prints them")


class Geo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """MMDB files to use in place of the bundled ones."""

    country: Path | None = None
    city: Path | None = None
    provider: Path | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    listen: str = "127.0.0.1:8000"
    data: Path = Path("data")
    store: str = "chdb"
    store_password: str = ""
    """Of the user in `store`, if the URL has none."""
    store_ca: Path | None = None
    """The certificate (PEM) of who vouches for the server's, if the system does not know it."""
    cluster: str = ""
    """The cluster, as ClickHouse names it, over which the tables are spread by site."""
    replicated: bool = False
    """Whether the cluster's tables have replicas, which needs Keeper."""
    servers: tuple[str, ...] = ()
    """The URLs of all servers of a cluster that has no Keeper."""
    profile: _Profile = "standard"
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) whose forwarding headers are believed."""
    count_by: _CountBy = "prefix"
    opt_out_signals: _Signals = "drop"
    waiting_cells: int = 1_000_000
    """Crosstab cells held in memory, a process; past it new cells are withheld."""
    caps: dict[str, int] = {}
    """Distinct values a site and day may have, by dimension, in place of the defaults."""
    spool_limit: int = 1024 * 1024 * 1024
    """Bytes of counters that may wait for ClickHouse; past it hits are refused with 503."""
    disk_floor: int = 256 * 1024 * 1024
    """Bytes that stay free on the spool's file system; below it hits are refused with 503."""
    handover: bool = True
    """Whether a restart goes on with running visits, through a file in RAM."""
    query_rate: int = 600
    """Requests a minute that a query key may send; past it they are refused with 429."""
    geo: Geo = msgspec.field(default_factory=Geo)
    sites: tuple[Site, ...] = msgspec.field(default=(), name="site")
    keys: tuple[Key, ...] = msgspec.field(default=(), name="key")

    def __post_init__(self) -> None:
        split_listen(self.listen)
        for network in self.trusted_proxies:
            _check_network(network)
        if not _is_store(self.store):
            raise ValueError(
                'store is "chdb", "chdb:///folder" or "http://user:password@host:8123/database"'
            )
        _check_cluster(self)
        for dimension, cap in self.caps.items():
            if dimension not in _CAPPED or cap < 1:
                raise ValueError("caps: a dimension's name and a number from 1 are expected")
        if self.query_rate < 1:
            raise ValueError("query_rate is at least 1")
        self._check_sites()

    def _check_sites(self) -> None:
        longest = PROFILES[self.profile].longest_retention
        for site in self.sites:
            if site.retention_days > longest:
                raise ValueError(
                    f"{site.domain}: retention_days is at most {longest} in profile {self.profile}"
                )
        domains = [site.domain for site in self.sites]
        if len(set(domains)) != len(domains):
            raise ValueError("a site is there twice; give each domain one [[site]]")
        for key in self.keys:
            for domain in key.sites:
                if domain not in domains:
                    raise ValueError(f"key {key.name!r} names {domain!r}, which has no [[site]]")

    @property
    def retention(self) -> dict[str, int]:
        """How many days each site's records are kept."""
        return {site.domain: site.retention_days for site in self.sites}

    @property
    def hours(self) -> dict[str, int]:
        """How many days the hours of each site's dimensions are kept."""
        return {site.domain: min(site.hours_days, site.retention_days) for site in self.sites}

    @property
    def zones(self) -> dict[str, str]:
        """The name of each site's time zone."""
        return {site.domain: site.timezone.key for site in self.sites}


def site_name(domain: str) -> str:
    """Return the domain as sites are named: lower case, without `www.`."""
    return domain.strip().lower().removeprefix("www.")


def split_listen(listen: str) -> tuple[str, int]:
    """Return host and port of a listen address such as `127.0.0.1:8000` or `[::1]:8000`."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:  # noqa: PLR2004
        raise ValueError("listen is HOST:PORT, like 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def _check_network(network: str) -> None:
    try:
        ip_network(network)
    except ValueError:
        raise ValueError(
            f"trusted_proxies: {network!r} is not a network; write it like 10.0.0.0/8"
        ) from None


def _check_cluster(settings: Settings) -> None:
    if settings.cluster and not _CLUSTER.fullmatch(settings.cluster):
        raise ValueError("cluster is a name, as in ClickHouse's remote_servers")
    if settings.cluster and not _is_server(settings.store):
        raise ValueError("cluster: give the URL of one of its servers as store")
    if (settings.replicated or settings.servers) and not settings.cluster:
        raise ValueError("replicated and servers speak of a cluster; give its name as cluster")
    if not all(map(_is_server, settings.servers)):
        raise ValueError('servers are URLs like "http://user:password@host:8123/database"')


def _is_server(url: str) -> bool:
    return _is_store(url) and urlsplit(url).scheme in ("http", "https")


def _is_store(url: str) -> bool:
    """Whether a store can be told from the URL."""
    try:
        parts = urlsplit(url)
        return (
            url == "chdb"
            or parts.scheme == "chdb"
            or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
        )
    except ValueError:
        return False


def secret_hash(secret: str) -> str:
    """Return the form in which a query key's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_of(authorization: str) -> str:
    """Return the secret that an `Authorization` header holds; empty if it is no bearer's."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def find_key(keys: Sequence[Key], secret: str) -> Key | None:
    """Return the key of a secret, if there is one.

    Every key is compared, in constant time, so the time taken tells nothing about them.
    """
    presented = secret_hash(secret)
    found = [key for key in keys if hmac.compare_digest(key.sha256, presented)]
    return found[0] if found and secret else None


def load(config: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Return the settings, or raise SettingsError.

    `flags` holds what the command line gave, by the names of the file; `site` is a list of domains
    and `key` a secret that opens them all.
    """
    place = str(config) if config else "settings"
    values = _read(config) if config else {}
    for source in (_environment(environment), flags):
        _overlay(values, source)
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{place}: {_readable(str(error))}") from None


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{config}: {error.strerror}; give the file with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config}: not TOML: {error}") from None


def _environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith("FOOTFALL_") or variable in _OWN_VARIABLES:
            continue
        name = variable.removeprefix("FOOTFALL_").lower()
        if name not in Settings.__struct_encode_fields__:
            raise SettingsError(f"{variable}: there is no such setting; unset it")
        is_list = name in _LISTS and name != "key"
        parts = [part.strip() for part in text.split(",")] if text else []
        values[name] = parts if is_list else text
    return values


def _overlay(values: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Lay a source of higher priority over `values`; sites and keys are added, not replaced."""
    for name, value in source.items():
        if name == "site":
            _add_sites(values, value)
        elif name != "key":
            values[name] = value
    if "key" in source:
        _add_key(values, source["key"])


def _add_sites(values: dict[str, Any], domains: list[str]) -> None:
    if _are_tables(values.get("site", [])):
        known = {site.get("domain") for site in values.get("site", [])}
        new = [{"domain": name} for name in map(site_name, domains) if name not in known]
        values["site"] = [*values.get("site", []), *new]


def _add_key(values: dict[str, Any], secret: str) -> None:
    """Add a key for all sites."""
    sites = values.get("site", [])
    if _are_tables(sites) and isinstance(values.get("key", []), list):
        domains = [site.get("domain") for site in sites]
        key = {"name": "given", "sha256": secret_hash(secret), "sites": domains}
        values["key"] = [*values.get("key", []), key]


def _are_tables(sites: object) -> bool:
    """Whether sites can be added to; if not, the conversion tells what is wrong with them."""
    return isinstance(sites, list) and all(
        isinstance(site, dict) and isinstance(site.get("domain"), str) for site in sites
    )


def _decode(kind: type, value: Any) -> Any:  # noqa: ANN401
    if kind is ZoneInfo:
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("no such time zone; write it like Europe/Paris") from None
    return Path(value)


def _readable(message: str) -> str:
    """Put the place before the problem: "site[0].k: Expected `int`, got `str`"."""
    problem, _, place = " ".join(message.split()).partition(" - at `$")
    place = place.strip("`.")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", problem)
    if unknown:
        problem = f"there is no setting {unknown[1]!r}; remove it or mend its name"
    if problem.startswith("Invalid enum value") and place in _CHOICES:
        problem = f"one of {', '.join(_CHOICES[place])} is expected"
    return f"{place}: {problem}" if place else problem
