import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize import known_sources
from ingest.anonymize.known_sources import UNLISTED, Known, find_host, find_name

LIST = json.loads(
    Path(known_sources.__file__).with_name("sources.json").read_text(encoding="utf-8")
)
ENTRIES = [entry for sources in LIST.values() for entries in sources.values() for entry in entries]


@pytest.mark.parametrize(
    ("host", "name", "kind"),
    [
        ("google.com", "Google", "search"),
        ("google.fr", "Google", "search"),
        ("google.co.uk", "Google", "search"),
        ("google.com.br", "Google", "search"),
        ("images.google.de", "Google", "search"),
        ("mail.google.com", "Gmail", "email"),
        ("docs.google.com", "Google Docs", "other"),
        ("gemini.google.com", "Gemini", "ai"),
        ("news.google.com", "Google News", "news"),
        ("com.google.android.gm", "Gmail", "email"),
        ("com.google.android.googlequicksearchbox", "Google", "search"),
        ("bing.com", "Bing", "search"),
        ("copilot.microsoft.com", "Copilot", "ai"),
        ("duckduckgo.com", "DuckDuckGo", "search"),
        ("yandex.com.tr", "Yandex", "search"),
        ("search.brave.com", "Brave Search", "search"),
        ("facebook.com", "Facebook", "social"),
        ("l.facebook.com", "Facebook", "social"),
        ("lm.facebook.com", "Facebook", "social"),
        ("t.co", "X", "social"),
        ("x.com", "X", "social"),
        ("out.reddit.com", "Reddit", "social"),
        ("lnkd.in", "LinkedIn", "social"),
        ("news.ycombinator.com", "Hacker News", "social"),
        ("m.youtube.com", "YouTube", "video"),
        ("music.youtube.com", "YouTube Music", "audio"),
        ("amazon.co.jp", "Amazon", "shopping"),
        ("amazon.com.br", "Amazon", "shopping"),
        ("github.com", "GitHub", "developers"),
        ("chatgpt.com", "ChatGPT", "ai"),
        ("claude.ai", "Claude", "ai"),
        ("perplexity.ai", "Perplexity", "ai"),
        ("de.wikipedia.org", "Wikipedia", "other"),
    ],
)
def test_a_host_is_known(host: str, name: str, kind: str):
    assert find_host(host) == Known(name, kind)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "com",
        "google",
        "google.evil.example",
        "notgoogle.com",
        "google.com.evil.example",
        "fax.com",
        "ycombinator.com",
        "example.com",
        "not-t.co",
    ],
)
def test_a_host_that_just_looks_like_one_is_not(host: str):
    assert find_host(host) == UNLISTED


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("google", "Google"),
        ("Google_Ads", "Google"),
        ("adwords", "Google"),
        ("fb", "Facebook"),
        ("FACEBOOK", "Facebook"),
        ("facebook.com", "Facebook"),
        ("www.facebook.com", "Facebook"),
        ("ig", "Instagram"),
        ("twitter", "X"),
        ("hacker news", "Hacker News"),
        ("HackerNews", "Hacker News"),
        ("hn", "Hacker News"),
        ("newsletter", "Newsletter"),
        ("chatgpt.com", "ChatGPT"),
        ("bsky", "Bluesky"),
        ("flyer", ""),
        ("", ""),
        ("日本", ""),
    ],
)
def test_a_campaigns_source_is_known_however_it_is_spelled(name: str, known: str):
    assert find_name(name).name == known


def test_no_entry_of_the_list_is_there_twice_or_out_of_reach():
    assert len(set(ENTRIES)) == len(ENTRIES)
    for kind, sources in LIST.items():
        for name, entries in sources.items():
            assert find_name(name).kind == kind
            for entry in entries:
                find = find_host if "." in entry else find_name
                assert find(entry.replace(".*", ".com")) == Known(name, kind)


def test_the_list_is_long_enough_to_be_of_use():
    assert sum("." in entry for entry in ENTRIES) > 500


@given(st.text(st.sampled_from("google.com*") | st.characters()))
@settings(deadline=None)
def test_any_text_is_looked_up(text: str):
    assert find_host(text).kind in ("", *LIST)
    assert find_name(text).kind in ("", *LIST)
