"""Reads the published data: which country and which operator a range of addresses belongs to."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import maxminddb

from ingest.anonymize.geo.blocks import Range
from ingest.anonymize.provider import name_provider

_NOBODY = frozenset({"", "-Reserved AS-", "RIPE Network Coordination Centre"})
"""What stands in the data for a name it lacks. (RIPE's own networks bear its name in French.)"""

_MISNAMED = {719: "Elisa Oyj"}
"""Large operators known to be among those, by the number of their autonomous system."""


class Operator(NamedTuple):
    """Who runs a network: the number of its autonomous system, and its name without legal tail."""

    number: int
    name: str


def read_countries(path: Path) -> Iterator[Range[str]]:
    """Read an MMDB file whose records are `{"country_code": "FR"}`, ISO 3166-1 alpha-2."""
    with maxminddb.open_database(path) as database:
        for network, record in database:
            if isinstance(record, dict) and (country := record.get("country_code")):
                first = int(network.network_address)
                yield Range(first, first + network.num_addresses - 1, str(country))


def read_operators(path: Path) -> Iterator[Range[Operator]]:
    """Read a CSV file of `first address, last address, number, name`, addresses as integers."""
    operators: dict[tuple[str, str], Operator | None] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for first, last, number, told in csv.reader(lines):
            if (number, told) not in operators:
                operators[number, told] = _name_operator(int(number), told)
            if operator := operators[number, told]:
                yield Range(int(first), int(last), operator)


def _name_operator(number: int, told: str) -> Operator | None:
    name = _MISNAMED.get(number, told)
    return None if name in _NOBODY else Operator(number, name_provider(name))
