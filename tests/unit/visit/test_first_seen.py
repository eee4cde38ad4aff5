import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.visit.first_seen import FirstSeen

VISITORS = st.integers(0, 2**64 - 1) | st.integers(1, 2)
SYMBOLS = st.integers(0, 2**32 - 1) | st.integers(1, 3)


@settings(deadline=None)
@given(
    st.lists(st.tuples(VISITORS, st.tuples(SYMBOLS), st.sets(SYMBOLS, max_size=5))),
    st.integers(0, 10),
)
def test_a_visitors_visits_are_told_apart_by_what_they_brought(visits, thawed_after):
    seen, known = FirstSeen(1), {}
    for number, (visitor, ways, brought) in enumerate(visits):
        seen.add(visitor, ways, brought)
        known.setdefault(visitor, []).append((ways, brought))
        if number == thawed_after:
            seen = pickle.loads(pickle.dumps(seen))  # noqa: S301 (our own bytes)
    symbols = {symbol for _, _, brought in visits for symbol in brought} | {1, 2, 3}
    for visitor in {1, 2, *known}:
        theirs = known.get(visitor, [])
        assert list(seen.visits(visitor)) == [ways for ways, _ in theirs]
        for place, (_, brought) in enumerate(theirs):
            for symbol in symbols:
                assert seen.brought(visitor, place, symbol) is (symbol in brought)
        assert not any(seen.brought(visitor, len(theirs), symbol) for symbol in symbols)


def test_many_members_are_told_apart():
    seen = FirstSeen(1)
    visitors = [number * 0x9E37_79B9_7F4A_7C15 % 2**64 for number in range(20_000)]
    for visitor in visitors:
        seen.add(visitor, (1,), [visitor & 0xFFFF])
    assert all(seen.brought(visitor, 0, visitor & 0xFFFF) for visitor in visitors)
    assert not any(seen.brought(visitor, 0, visitor + 1 & 0xFFFF) for visitor in visitors)


def test_visits_are_told_apart_when_there_is_more_room_made():
    seen = FirstSeen(2)
    for number in range(5_000):
        seen.add(number % 1_000 << 20, (number, 1), ())
    thawed = pickle.loads(pickle.dumps(seen))  # noqa: S301 (our own bytes)
    for one in (seen, thawed):
        for visitor in range(1_000):
            expected = [(number, 1) for number in range(visitor, 5_000, 1_000)]
            assert one.visits(visitor << 20) == expected
        assert one.visits(1_000 << 20) == []
