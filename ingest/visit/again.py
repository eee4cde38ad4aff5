"""Visitors who come again on the same day: what they were not counted for before."""

from collections.abc import Sequence
from itertools import chain, combinations

from ingest.store.records import pair_base
from ingest.visit.facts import IS_HOUR_VISITOR, Facts
from ingest.visit.first_seen import FirstSeen, Ways
from ingest.visit.wide import crossed_how, crossed_who, ways


class Again:
    """A visitor with visits of the day that are over."""

    def __init__(self, visitor: int, seen: FirstSeen, facts: Facts) -> None:
        self._visitor = visitor
        self._seen = seen
        self._facts = facts
        self._visits = seen.visits(visitor)

    def count_visitor(self, wide: Sequence[int], base: int, hour: int, is_first_today: bool) -> int:
        """Note the visit-wide cells in which the visitor counts; return the flags of all of them."""
        if is_first_today:
            self._count_in_new_ways(wide, base)
        earlier = self._bringing(hour)
        if not earlier:
            return IS_HOUR_VISITOR
        known = frozenset(chain.from_iterable(earlier))
        self._facts.hour_visitors += [base + way for way in ways(wide) if way not in known]
        return 0

    def is_new(self, symbol: int, crossed: bool = False, wide: Sequence[int] = ()) -> bool:
        """Return whether no visit has brought the symbol.

        Of one that was brought, and meets visit-wide dimensions, the new pairs are noted.
        """
        earlier = self._bringing(symbol)
        if earlier and crossed:
            known = frozenset(chain.from_iterable(earlier))
            self._facts.visitors_crossed += [
                pair_base(symbol) + how for how in crossed_how(wide) if how not in known
            ]
        return not earlier

    def _count_in_new_ways(self, wide: Sequence[int], base: int) -> None:
        known = frozenset(chain.from_iterable(self._visits))
        facts, how = self._facts, crossed_how(wide)
        facts.visitors += [base + way for way in ways(wide) if way not in known]
        facts.visitors_crossed += [
            pair_base(a) + b for a in how if a not in known for b in crossed_who(wide)
        ]
        facts.visitors_crossed += [
            pair_base(a) + b
            for a, b in combinations(how, 2)
            if not any(a in visit and b in visit for visit in self._visits)
        ]

    def _bringing(self, symbol: int) -> list[Ways]:
        """Return the visits that brought a symbol or an hour."""
        return [
            visit
            for place, visit in enumerate(self._visits)
            if self._seen.brought(self._visitor, place, symbol)
        ]
