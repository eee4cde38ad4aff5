"""Searches bytes for canaries in every form in which a program might have kept them."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from ingest.prove.canaries import Canary

_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
_DIGESTS_KEPT = (8, 16)
"""Bytes to which programs like to shorten a digest."""
_HEAD = 8
"""Bytes by which a form is looked up."""
_SHORT = 6
"""Bytes; so short a form is anywhere by chance, and counts only if every visitor's is there."""


class Find(NamedTuple):
    """A canary that was found."""

    channel: str
    form: str
    place: str


class Needle(NamedTuple):
    """A canary's form: found where all of `bytes` are."""

    channel: str
    form: str
    bytes: tuple[bytes, ...]


class Search:
    """A search for every form of every canary.

    There are thousands of forms, so contents are looked through once: for the first eight bytes of
    any of them, which lead to those that begin so.
    """

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self.needles = [
            needle
            for canary in canaries
            for form, written in _all_forms(canary.texts).items()
            for needle in _needles(canary.channel, form, written)
        ]
        self._short = [needle for needle in self.needles if len(needle.bytes[0]) < _HEAD]
        self._by_head: dict[int, list[Needle]] = {}
        for needle in self.needles:
            if len(needle.bytes[0]) >= _HEAD:
                head = int.from_bytes(needle.bytes[0][:_HEAD], "little")
                self._by_head.setdefault(head, []).append(needle)
        self._heads = np.array(sorted(self._by_head), np.uint64)

    def __call__(self, places: Mapping[str, bytes]) -> list[Find]:
        """Return what is in places, given as name and content."""
        return [
            Find(needle.channel, needle.form, place)
            for place, content in places.items()
            for needle in (*self._short, *self._likely(content))
            if all(each in content for each in needle.bytes)
        ]

    def _likely(self, content: bytes) -> list[Needle]:
        """Return the needles whose first eight bytes are there."""
        if len(content) < _HEAD:
            return []
        windows = np.lib.stride_tricks.as_strided(
            np.frombuffer(content, np.uint8), (len(content) - _HEAD + 1, _HEAD), (1, 1)
        )
        starts = np.ascontiguousarray(windows).view("<u8").ravel()
        there = self._heads[np.isin(self._heads, starts)]
        return [needle for head in there.tolist() for needle in self._by_head[head]]


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by its path there; names are content too."""
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: name.encode() + b"\n" + _read(path) for name, path in files.items()}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a part that has been merged meanwhile
        return b""


def _needles(channel: str, form: str, written: tuple[bytes, ...]) -> Iterator[Needle]:
    if any(len(each) < _SHORT for each in written):
        yield Needle(channel, form, written)
    else:
        yield from (Needle(channel, form, (each,)) for each in dict.fromkeys(written))


def _all_forms(texts: tuple[str, ...]) -> dict[str, tuple[bytes, ...]]:
    """Return each form with how it writes every text."""
    written = [dict(_forms(text)) for text in texts]
    return {form: tuple(each[form] for each in written) for form in written[0]}


def _forms(text: str) -> Iterator[tuple[str, bytes]]:
    raw = text.encode()
    yield "as it was sent", raw
    yield "in capitals", text.upper().encode()
    yield "reversed", raw[::-1]
    yield "UTF-16", text.encode("utf-16-le")
    yield "URL-encoded", quote(text, safe="").encode()
    yield "URL-encoded, every character", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "hexadecimal", raw.hex().encode()
    yield "hexadecimal, capitals", raw.hex().upper().encode()
    yield from _base64(raw)
    yield from _hashes(raw)
    yield from _numbers(text)


def _base64(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what of a text is the same in base64 wherever in a longer one it stands."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        whole = coded[(0, 2, 3)[before] : (before + len(raw)) // 3 * 4]
        yield f"base64 at {before}", whole
        yield f"base64 for URLs at {before}", whole.translate(bytes.maketrans(b"+/", b"-_"))


def _hashes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    for name in _HASHES:
        digest = hashlib.new(name, raw).digest()
        for kept in (*_DIGESTS_KEPT, len(digest)):
            short = digest[:kept]
            yield f"{name}[:{kept}]", short
            yield f"{name}[:{kept}] in hexadecimal", short.hex().encode()
            yield f"{name}[:{kept}] in base64", base64.b64encode(short).rstrip(b"=")[:-1]


def _numbers(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms that only an address has: packed, in both orders, and as a number."""
    try:
        address = ip_address(text)
    except ValueError:
        return
    yield "packed", address.packed
    yield "packed, last byte first", address.packed[::-1]
    yield "as a number", str(int(address)).encode()
    yield "as a hexadecimal number", address.packed.hex().encode()
    if ":" in text:
        yield "with all its digits", address.exploded.encode()
