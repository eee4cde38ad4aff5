"""Writes ranges of addresses as an MMDB file that `geoip2` reads.

The format: https://maxmind.github.io/MaxMind-DB/. `mmdb-writer` encodes it; the search tree is
made here because equal branches can then be stored once, which halves the files and makes minutes
of inserting into seconds.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from mmdb_writer import MMDBWriter, SearchTreeLeaf, SearchTreeNode

from ingest.anonymize.geo.blocks import Range

V = TypeVar("V")
Record = dict[str, Any]
Branch = SearchTreeNode | SearchTreeLeaf | None

ADDRESS_BITS = 128
"""IPv4 addresses lie in `::/96`, as the format wants it."""


def write_database(
    path: Path,
    database_type: str,
    description: str,
    ranges: Sequence[Range[V]],
    record: Callable[[V], Record],
) -> None:
    """Write `ranges`, in order and without overlap, to `path`.

    `record` makes a value (which must be hashable) into what a lookup returns.
    """
    writer = MMDBWriter(
        ip_version=6,
        ipv4_compatible=True,
        database_type=database_type,
        languages=["en"],
        description={"en": description},
        int_type="u32",
    )
    root = _Tree(ranges, record).grow()
    writer.tree = root if isinstance(root, SearchTreeNode) else SearchTreeNode(root, root)
    writer.to_db_file(str(path))


class _Tree(Generic[V]):
    """The binary search tree over the bits of an address, with equal branches shared."""

    def __init__(self, ranges: Sequence[Range[V]], record: Callable[[V], Record]) -> None:
        self._ranges = ranges
        self._lasts = [each.last for each in ranges]
        self._record = record
        self._leaves: dict[V, SearchTreeLeaf] = {}
        self._nodes: dict[tuple[int, int], SearchTreeNode] = {}

    def grow(self) -> Branch:
        return self._branch(0, len(self._ranges), 0, ADDRESS_BITS)

    def _branch(self, low: int, high: int, start: int, bits: int) -> Branch:
        """Grow the branch of the `2**bits` addresses from `start`, which ranges low..high meet."""
        if low == high:
            return None
        first, last, value = self._ranges[low]
        if first <= start and last >= start + (1 << bits) - 1:
            return self._leaf(value)
        middle = start + (1 << (bits - 1))
        split = bisect_left(self._lasts, middle, low, high)
        straddles = split < high and self._ranges[split].first < middle
        left = self._branch(low, split + straddles, start, bits - 1)
        return self._node(left, self._branch(split, high, middle, bits - 1))

    def _leaf(self, value: V) -> SearchTreeLeaf:
        if value not in self._leaves:
            self._leaves[value] = SearchTreeLeaf(self._record(value))
        return self._leaves[value]

    def _node(self, left: Branch, right: Branch) -> SearchTreeNode:
        key = (id(left), id(right))
        if key not in self._nodes:
            self._nodes[key] = SearchTreeNode(left, right)
        return self._nodes[key]
