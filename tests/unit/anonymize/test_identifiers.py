from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.identifiers import mask_segment, mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("write to jane@example.org now", "write to :email now"),
        ("order 1234567 is here", "order :id is here"),
        ("one GB29NWBK60161331926819 two DE89370400440532013000", "one :id two :id"),
        ("XX12DE89370400440532013000", ":id"),
        ("bdec828be22bbd2a5438e11c", ":id"),
        ("47fd7187be70a8faf9a02b98", ":id"),
        ("GB28NWBK60161331926819A", ":id"),  # no IBAN, but a token all the same
        ("ab12-cd-ef-gh-ij-kl-mn", "ab12-cd-ef-gh-ij-kl-mn"),
        ("12345", "12345"),
        ("123456", ":id"),
        ("12-345", "12-345"),
        ("123-4567", ":id"),
        ("1999", "1999"),
        ("199913", ":id"),
        ("19991301", ":id"),
        ("20240230", "20240230"),
        ("1850-01-01", ":id"),
        ("nice-title-dQw4w9WgXcQ", "nice-title-:id"),
        ("a1b2-title-dQw4w9WgXcQ", ":id"),
        ("title-a1b2", "title-a1b2"),
        ("a1b2-c3d4", ":id"),
        ("abcdefgh", "abcdefgh"),
        ("deadbeef", "deadbeef"),
        ("deadbee1", ":id"),
        ("aBcDeFgH", ":id"),
        ("AbstractSingletonProxyFactory", "AbstractSingletonProxyFactory"),
        ("@jane", "@jane"),
        ("jane@", "jane@"),
        ("a @ b", "a @ b"),
    ],
)
def test_a_text_is_masked(text: str, masked: str):
    assert mask_text(text) == masked


def test_a_text_made_of_accounts_says_nothing():
    account = "LC33 HEMM WORD WORD WORD WORD WORD WORD"
    assert mask_text(f"from {account} to {account}") == "from :id to :id"
    assert mask_text(f"x {account} " * 5) == ":id"


def test_an_address_stands_for_its_whole_segment():
    assert mask_segment("write to jane@example.org now") == ":email"
    assert mask_segment("order 1234567") == "order :id"


@given(st.text(st.sampled_from("abAB01 29-_.:@+(;é") | st.characters()))
@settings(deadline=None, max_examples=500)
def test_masking_again_changes_nothing(text: str):
    masked = mask_text(text)
    assert mask_text(masked) == masked


@given(
    st.lists(st.text("345678", min_size=1, max_size=5), min_size=2, max_size=8).filter(
        lambda groups: sum(map(len, groups)) >= 7
    ),
    st.sampled_from([" ", "-", ".", "_", "/", ") ", " - ", "\u2013"]),
)
@settings(deadline=None)
def test_groups_of_digits_count_together(groups: list[str], separator: str):
    assert mask_text(separator.join(groups)) == ":id"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
@settings(deadline=None)
def test_every_date_is_kept(day: date):
    for form in ("%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m", "%Y%m", "%Y"):
        text = day.strftime(form)
        assert mask_text(text) == text
