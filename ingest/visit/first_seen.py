"""What visitors have been counted for, so that each counts once."""

from pyroaring import BitMap

_32_BITS = 0xFFFF_FFFF
_HOURS_KEPT = 2


class FirstSeen:
    """Sets of keyed values, one set for each kind of thing that is counted once.

    A value is a 64-bit hash of the visitor key (secret, a day's and a site's) and of symbols. So
    one set serves every site of a time zone, and nothing in it can be linked to anyone once the key
    is gone. Each half of the value is kept in a roaring bitmap of its own, because such a bitmap
    takes 2 to 5 bytes a member where a set of numbers takes 60. A value that was never added is in
    both by chance with the square of members / 4.3 billion: for a million members, one in 18
    million.
    """

    def __init__(self) -> None:
        self._sets: dict[str, tuple[BitMap, BitMap]] = {}
        self._hours: dict[int, FirstSeen] = {}

    def add(self, kind: str, *values: int) -> bool:
        """Return whether `values` are new in the set `kind`, which has them afterward."""
        halves = self._sets.get(kind)
        if halves is None:
            halves = self._sets[kind] = (BitMap(), BitMap())
        member = hash(values)
        low, high = member & _32_BITS, member >> 32 & _32_BITS
        if low in halves[0] and high in halves[1]:
            return False
        halves[0].add(low)
        halves[1].add(high)
        return True

    def remove(self, kind: str, *values: int) -> None:
        """Take back what `add` added."""
        member = hash(values)
        self._sets[kind][0].discard(member & _32_BITS)
        self._sets[kind][1].discard(member >> 32 & _32_BITS)

    def in_hour(self, hour: int) -> "FirstSeen":
        """Return the sets of one hour; those of hours long past are gone."""
        found = self._hours.get(hour)
        if found is None:
            found = self._hours[hour] = FirstSeen()
            if len(self._hours) > _HOURS_KEPT:
                del self._hours[min(self._hours)]
        return found
