from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.visit.first_seen import FirstSeen

VISITORS = st.integers(0, 2**64 - 1) | st.integers(1, 2)
SYMBOLS = st.integers(0, 2**32 - 1) | st.integers(1, 3)


@settings(deadline=None)
@given(st.lists(st.tuples(VISITORS, st.tuples(SYMBOLS), st.sets(SYMBOLS, max_size=5))))
def test_a_visitors_visits_are_told_apart_by_what_they_brought(visits):
    seen, known = FirstSeen(), {}
    for visitor, ways, brought in visits:
        seen.add(visitor, ways, brought)
        known.setdefault(visitor, []).append((ways, brought))
    symbols = {symbol for _, _, brought in visits for symbol in brought} | {1, 2, 3}
    for visitor in {1, 2, *known}:
        theirs = known.get(visitor, [])
        assert list(seen.visits(visitor)) == [ways for ways, _ in theirs]
        for place, (_, brought) in enumerate(theirs):
            for symbol in symbols:
                assert seen.brought(visitor, place, symbol) is (symbol in brought)
        assert not any(seen.brought(visitor, len(theirs), symbol) for symbol in symbols)


def test_many_members_are_told_apart():
    seen = FirstSeen()
    visitors = [number * 0x9E37_79B9_7F4A_7C15 % 2**64 for number in range(20_000)]
    for visitor in visitors:
        seen.add(visitor, (1,), [visitor & 0xFFFF])
    assert all(seen.brought(visitor, 0, visitor & 0xFFFF) for visitor in visitors)
    assert not any(seen.brought(visitor, 0, visitor + 1 & 0xFFFF) for visitor in visitors)


def test_visitors_who_came_in_the_same_ways_share_them():
    seen = FirstSeen()
    for visitor in range(3):
        seen.add(visitor, tuple([7, 8]), ())  # noqa: C409 (an object of its own)
    assert len({id(seen.visits(visitor)) for visitor in range(3)}) == 1
