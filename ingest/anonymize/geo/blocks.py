"""Address ranges, and how they become ranges of whole blocks (/24, /48) with one value each."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Range(NamedTuple, Generic[V]):
    """Addresses `first` to `last`, both included, as integers, and what is known of them."""

    first: int
    last: int
    value: V


def cut(ranges: Iterable[Range[V]], host_bits: int) -> list[Range[V]]:
    """Round ranges to blocks of `2**host_bits` addresses.

    A block of several values takes the one that covers most of its addresses; on a tie the one of
    the lowest address. Where ranges overlap the one that begins first keeps its addresses. Equal
    neighbors become one range; the result is in order.
    """
    pieces = _split(_separate(sorted(ranges, key=lambda each: each[:2])), host_bits)
    return list(_join(_round(pieces, host_bits)))


def count_blocks(ranges: Iterable[Range[V]], host_bits: int) -> dict[V, int]:
    """How many whole blocks each value has in ranges that `cut` returned."""
    blocks: dict[V, int] = {}
    for first, last, value in ranges:
        blocks[value] = blocks.get(value, 0) + ((last - first + 1) >> host_bits)
    return blocks


def _separate(ranges: Iterable[Range[V]]) -> Iterator[Range[V]]:
    done = -1
    for first, last, value in ranges:
        if last > done:
            yield Range(max(first, done + 1), last, value)
            done = last


def _split(ranges: Iterable[Range[V]], host_bits: int) -> Iterator[Range[V]]:
    """Split each range into the part of a block it begins with, its whole blocks, and the rest."""
    inside = (1 << host_bits) - 1
    for first, last, value in ranges:
        start = first
        if start & inside:
            end = min(last, start | inside)
            yield Range(start, end, value)
            start = end + 1
        whole = (last + 1) & ~inside
        if start < whole:
            yield Range(start, whole - 1, value)
            start = whole
        if start <= last:
            yield Range(start, last, value)


def _round(pieces: Iterable[Range[V]], host_bits: int) -> Iterator[Range[V]]:
    inside = (1 << host_bits) - 1
    for _, group in groupby(pieces, key=lambda piece: piece.first >> host_bits):
        block = list(group)
        yield Range(block[0].first & ~inside, block[-1].last | inside, _most(block))


def _most(pieces: list[Range[V]]) -> V:
    if len(pieces) == 1:
        return pieces[0].value
    addresses: dict[V, int] = {}
    for first, last, value in pieces:
        addresses[value] = addresses.get(value, 0) + last - first + 1
    return max(addresses, key=addresses.__getitem__)


def _join(ranges: Iterable[Range[V]]) -> Iterator[Range[V]]:
    pending: Range[V] | None = None
    for each in ranges:
        if pending and pending.value == each.value and pending.last + 1 == each.first:
            pending = Range(pending.first, each.last, each.value)
            continue
        if pending:
            yield pending
        pending = each
    if pending:
        yield pending
