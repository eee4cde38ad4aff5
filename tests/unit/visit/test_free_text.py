import pytest

from ingest.store.dimensions import OTHER
from ingest.visit.free_text import FreeText


@pytest.mark.parametrize("k", [2, 5])
def test_a_text_is_told_from_the_kth_visitor_on(k):
    texts = FreeText(k, 10)
    told = [texts.admit("prop:a", "x", visitor) for visitor in range(k)]
    assert told == [OTHER] * (k - 1) + ["x"]
    assert texts.admit("prop:a", "x", 0) == "x"


def test_one_visitor_is_no_crowd():
    texts = FreeText(2, 10)
    assert {texts.admit("prop:a", "x", 1) for _ in range(9)} == {OTHER}


def test_each_dimension_has_its_own_crowds():
    texts = FreeText(2, 10)
    texts.admit("prop:a", "x", 1)
    assert texts.admit("prop:b", "x", 2) == OTHER
    assert texts.admit("prop:a", "y", 2) == OTHER


def test_k_of_one_switches_the_rule_off():
    assert FreeText(1, 0).admit("prop:a", "x", 1) == "x"


def test_a_flood_of_texts_is_bounded():
    texts = FreeText(2, 3)
    for number in range(100):
        texts.admit("prop:a", str(number), 1)
    assert [texts.admit("prop:a", str(number), 2) for number in range(4)] == ["0", "1", "2", OTHER]
    assert sum(map(len, texts._visitors.values())) == 3


def test_who_shared_a_text_is_forgotten_once_there_is_a_crowd():
    texts = FreeText(2, 3)
    for visitor in (1, 2):
        texts.admit("prop:a", "x", visitor)
    assert texts._visitors == {"prop:a": {"x": None}}
