import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.language import language

USER_AGENTS = Path(__file__).parents[3] / "ingest" / "demo" / "user_agents.jsonl"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("en", "en"),
        ("en-US,en;q=0.9,fr;q=0.8", "en"),
        ("FR-ca", "fr"),
        (" de-CH ; q=1", "de"),
        ("es-419,es", "es"),
        ("zh-Hant-TW", "zh"),
        ("pt_BR", "pt"),
        ("nb-NO", "nb"),
        ("nn", "nn"),
        ("iw-IL", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("fil-PH", "tl"),
        ("cmn-Hans-CN", "zh"),
        ("gsw-CH", "de"),
        ("", "(none)"),
        ("  ", "(none)"),
        ("*", "(unknown)"),
        ("xx", "(unknown)"),
        ("e", "(unknown)"),
        ("english", "(unknown)"),
        ("tlh", "(unknown)"),
        ("12", "(unknown)"),
        (",en", "(unknown)"),
        (";q=1", "(unknown)"),
        ("en\x00", "en"),
        ("jane.doe@example.org", "(unknown)"),
        ("\ud800", "(unknown)"),
        ("\uff45\uff4e", "(unknown)"),
    ],
)
def test_the_first_tag_gives_the_language(header: str, code: str):
    assert language(header) == code


def test_every_real_language_is_known():
    tags = {
        tag
        for line in USER_AGENTS.read_text(encoding="utf-8").splitlines()
        for tag in json.loads(line)["languages"]
    }
    assert len(tags) > 20
    assert {language(tag) for tag in tags} >= {"en", "zh", "fr", "es", "de", "pt", "ru", "it"}
    assert "(unknown)" not in {language(tag) for tag in tags}


@given(st.text(st.characters()))
@settings(deadline=None)
def test_any_text_gives_a_code_of_two_letters_or_says_that_it_does_not(header: str):
    code = language(header)
    assert code in ("(none)", "(unknown)") or (len(code) == 2 and code.isascii())


@given(
    st.sampled_from(["en", "fr", "zh", "pt"]),
    st.from_regex(r"(-[A-Za-z0-9]{1,8})?(,.*)?", fullmatch=True),
)
@settings(deadline=None)
def test_the_tail_says_nothing(code: str, tail: str):
    assert language(code + tail) == code
