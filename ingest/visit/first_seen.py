"""What visitors have been counted for, so that each counts once."""

from pyroaring import BitMap

_32_BITS = 0xFFFF_FFFF
_HOURS_KEPT = 2


class FirstSeen:
    """Sets of keyed 32-bit values, one set for each kind of thing that is counted once.

    A value is a hash of the visitor key (64 bits, secret, a day's and a site's) and of symbols.
    So one set serves every site of a time zone, and nothing in it can be linked to anyone once the
    key is gone. A roaring bitmap takes about 2.5 bytes a member. Two members are the same by chance
    in one of 4.3 billion cases: among a million members, at most one in 4,300 is missed.
    """

    def __init__(self) -> None:
        self._sets: dict[str, BitMap] = {}
        self._hours: dict[int, FirstSeen] = {}

    def add(self, kind: str, *values: int) -> bool:
        """Return whether `values` are new in the set `kind`, which has them afterward."""
        members = self._sets.get(kind)
        if members is None:
            members = self._sets[kind] = BitMap()
        member = hash(values) & _32_BITS
        if member in members:
            return False
        members.add(member)
        return True

    def remove(self, kind: str, *values: int) -> None:
        """Take back what `add` added."""
        self._sets[kind].discard(hash(values) & _32_BITS)

    def in_hour(self, hour: int) -> "FirstSeen":
        """Return the sets of one hour; those of hours long past are gone."""
        found = self._hours.get(hour)
        if found is None:
            found = self._hours[hour] = FirstSeen()
            if len(self._hours) > _HOURS_KEPT:
                del self._hours[min(self._hours)]
        return found
