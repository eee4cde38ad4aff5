"""Paths and free text without persons, tokens and hidden characters."""

import re
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote

from ingest.anonymize.identifiers import ID, mask_segment, mask_text

PATH_LIMIT = 300
"""Characters of a path."""
_MOST_SEGMENTS = 8
_LONGEST_SEGMENT = 200
_PATH_END = re.compile(r"[?#]")

_LONGEST_INPUT = 3000
"""Characters looked at: 300 of three bytes each, percent-encoded."""
_LONGEST_DECODED = 1000
_ROUNDS = 4
"""Times that an input is decoded; who encodes more often has something to hide."""


def scrub_path(path: str) -> str:
    """Return a URL's path as pages are named.

    Percent-encoding is undone, however often it was done; matrix parameters (`;jsessionid=…`),
    dot segments, empty segments and the trailing slash are dropped. A segment that is an e-mail
    address is `:email`; whatever else looks like a person or a token is `:id`. At most 8 segments
    and 300 characters, cut between segments. "/" for nothing. Scrubbing again changes nothing.
    """
    return _scrub_path(path[: _LONGEST_INPUT + 1])


@lru_cache(maxsize=4096)
def _scrub_path(path: str) -> str:
    text = _PATH_END.split(_read(path, "/"), maxsplit=1)[0]
    names = (segment.partition(";")[0].strip() for segment in text.split("/"))
    kept = [name for name in names if name.strip(".")][:_MOST_SEGMENTS]
    scrubbed = ""
    for name in kept:
        segment = ID if len(name) > _LONGEST_SEGMENT else mask_segment(name)
        if len(scrubbed) + len(segment) >= PATH_LIMIT:
            break
        scrubbed += "/" + segment
    return scrubbed or "/"


def scrub_text(value: str, limit: int) -> str:
    """Return a free text of at most `limit` characters without persons and tokens.

    Meant for names of events, properties and campaigns. E-mail addresses are `:email`, other
    identifiers `:id`, in the midst of the text; white space is one space, and none at the ends.
    """
    return _scrub_text(value[: _LONGEST_INPUT + 1])[:limit].rstrip()


@lru_cache(maxsize=4096)
def _scrub_text(value: str) -> str:
    return mask_text(_read(value, " "))


def _read(text: str, separator: str) -> str:
    """Return what a text says to a reader: decoded, in one form (NFKC), of printable characters.

    Invisible characters go because they hide an identifier from a pattern but not from a reader;
    surrogates go because no database takes them.
    """
    text = _cut(text, _LONGEST_INPUT, separator)
    for _ in range(_ROUNDS):
        decoded = _cut(" ".join(unquote(text).split()), _LONGEST_DECODED, separator)
        readable = "".join(filter(str.isprintable, normalize("NFKC", decoded)))
        if readable == text:
            return text
        text = readable
    return ID


def _cut(text: str, size: int, separator: str) -> str:
    """Cut an overlong text; the part that is cut through, and could be half a token, is `:id`."""
    if len(text) <= size:
        return text
    return text[:size].rpartition(separator)[0] + separator + ID
