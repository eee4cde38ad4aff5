import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.visitor_key import begin_key, browser_part, visitor_key

KEY = bytes(32)
IDENTITY = ("example.com", "203.0.113.0", "Mozilla/5.0", "fr-FR,fr;q=0.9")


def key_of(key, domain, network, user_agent, language):
    return visitor_key(begin_key(key, domain), network, browser_part(user_agent, language))


def test_the_same_inputs_make_the_same_number():
    number = key_of(KEY, *IDENTITY)
    assert number == key_of(bytes(32), *IDENTITY)
    assert 0 <= number < 2**64


@pytest.mark.parametrize("place", range(4))
def test_each_input_counts(place):
    changed = [*IDENTITY]
    changed[place] += "x"
    assert key_of(KEY, *changed) != key_of(KEY, *IDENTITY)


def test_another_key_makes_another_number():
    assert key_of(bytes(31) + b"\x01", *IDENTITY) != key_of(KEY, *IDENTITY)


@settings(deadline=None)
@given(st.text("ab.,;= é😀", max_size=20), st.data())
def test_text_of_one_input_is_not_taken_for_the_next(text, data):
    place, end = data.draw(st.integers(0, 2)), data.draw(st.integers(0, len(text)))
    together, apart = ["a", "b", "c", "d"], ["a", "b", "c", "d"]
    together[place : place + 2] = [text, ""]
    apart[place : place + 2] = [text[:end], text[end:]]
    assert (key_of(KEY, *together) == key_of(KEY, *apart)) is (end == len(text))


def test_numbers_spread_over_all_64_bits():
    numbers = [key_of(KEY, *IDENTITY[:3], str(number)) for number in range(2_000)]
    assert len(set(numbers)) == len(numbers)
    for bit in range(64):
        assert 800 < sum(number >> bit & 1 for number in numbers) < 1_200


def test_a_header_in_any_encoding_is_taken():
    assert key_of(KEY, "example.com", "", "\udcff", "") >= 0
