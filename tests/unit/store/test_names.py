from datetime import date

import numpy as np
import pytest

from ingest.store.names import Gathered, Name, names_by

DAY = date(2026, 11, 23)
DAYS_SINCE_1970 = 20_780
NAMES = {
    3: Name("a.example", DAY, "page", "/bücher"),
    4: Name("b.example", DAY, "page", "/bücher"),
    2**32 - 1: Name("a.example", DAY, "browser", str(DAYS_SINCE_1970)),
}


def named(*symbols):
    return names_by(NAMES.__getitem__)(np.array(symbols, np.int64))


def gathered(*parts):
    names = Gathered()
    for part in parts:
        names.add(part.pack())
    return names.names()


def columns(names, *symbols):
    return names.columns(np.array(symbols, np.int64))


def test_names_of_several_parts_come_back_as_columns_in_any_order():
    names = gathered(named(4, 2**32 - 1), named(), named(3))
    assert names.symbols.tolist() == [3, 4, 2**32 - 1]
    assert columns(names, 2**32 - 1, 3, 4, 3) == [
        ["a.example", "a.example", "b.example", "a.example"],
        [DAYS_SINCE_1970] * 4,
        ["browser", "page", "page", "page"],
        [str(DAYS_SINCE_1970), "/bücher", "/bücher", "/bücher"],
    ]


def test_a_word_of_several_names_is_told_once():
    _, words, _ = gathered(named(3), named(4), named(3)).pack()
    assert sorted(map(str, words)) == sorted({str(word) for word in words})
    assert len(words) == len({"a.example", "b.example", DAYS_SINCE_1970, "page", "/bücher"})


def test_more_words_than_a_short_number_counts():
    symbols = np.arange(70_000)
    names = names_by(lambda symbol: Name("a.example", DAY, "page", f"/{symbol}"))(symbols)
    assert gathered(names).columns(symbols)[3] == [f"/{symbol}" for symbol in symbols.tolist()]


@pytest.mark.parametrize("there", [(), (3,), (3, 2**32 - 1)])
def test_a_symbol_without_a_name_is_an_error_and_never_anothers(there):
    names = gathered(named(*there))
    assert names.of(np.array(there, np.int64)).symbols.tolist() == list(there)
    with pytest.raises(KeyError):
        names.of(np.array([4]))
