from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.visit.first_seen import FirstSeen

VALUES = st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**31))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["who", "value"]), VALUES | st.just((7, 7)))))
def test_each_thing_is_new_once(things):
    seen, known = FirstSeen(), set()
    for kind, values in things:
        assert seen.add(kind, *values) is ((kind, values) not in known)
        known.add((kind, values))


def test_many_members_are_told_apart():
    seen = FirstSeen()
    visitors = [number * 0x9E37_79B9_7F4A_7C15 % 2**64 for number in range(20_000)]
    assert all(seen.add("who", visitor) for visitor in visitors)
    assert not any(seen.add("who", visitor) for visitor in visitors)


def test_what_is_taken_back_is_new_again():
    seen = FirstSeen()
    assert seen.add("exit_page", 1, 2)
    seen.remove("exit_page", 1, 2)
    assert seen.add("exit_page", 1, 2)


def test_an_hour_has_sets_of_its_own_and_old_hours_are_gone():
    seen = FirstSeen()
    assert seen.add("who", 1)
    assert seen.in_hour(0).add("who", 1)
    assert not seen.in_hour(0).add("who", 1)
    for hour in (3600, 7200):
        assert seen.in_hour(hour).add("who", 1)
    assert not seen.in_hour(3600).add("who", 1)
    assert set(seen._hours) == {3600, 7200}
    assert not seen.add("who", 1)
