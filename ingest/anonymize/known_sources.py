"""Well-known sources of visits, their names and kinds; the list is `sources.json`."""

import json
import re
from pathlib import Path
from typing import NamedTuple


class Known(NamedTuple):
    """A source's name, and what it is: search, social, video, shopping, email, ai, audio or other."""

    name: str
    kind: str


UNLISTED = Known("", "")

_NOT_IN_NAMES = re.compile(r"[^a-z0-9.]")
_ENDING = re.compile(r"(?:\.(?:com?|org|net))?\.[a-z]{2,3}$")
"""What `.*` in the list stands for: any country's ending, with or without a level in between."""


def _load() -> tuple[dict[str, Known], dict[str, Known]]:
    """Return the sources by host and by name; an entry without a dot is another name."""
    listed = json.loads(Path(__file__).with_name("sources.json").read_text(encoding="utf-8"))
    hosts: dict[str, Known] = {}
    names: dict[str, Known] = {}
    for kind, sources in listed.items():
        for name, entries in sources.items():
            known = Known(name, kind)
            names[_plain(name)] = known
            for entry in entries:
                (hosts if "." in entry else names)[entry] = known
    return hosts, names


def _plain(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name.lower())


_HOSTS, _NAMES = _load()


def find_host(host: str) -> Known:
    """Return the source at a host, or at the nearest domain above it that is listed."""
    while "." in host:
        stem = _ENDING.sub(".*", host) if _ENDING.search(host) else host
        found = _HOSTS.get(host) or _HOSTS.get(stem)
        if found:
            return found
        host = host.partition(".")[2]
    return UNLISTED


def find_name(name: str) -> Known:
    """Return the source that a `utm_source` means: by a name, however spelled, or by its host."""
    plain = _plain(name)
    return _NAMES.get(plain) or find_host(plain.removeprefix("www."))
