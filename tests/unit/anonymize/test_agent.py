import sys

from hypothesis import given, settings
from hypothesis import strategies as st
from ua_parser.regex import Resolver

from ingest.anonymize import agent
from ingest.anonymize.agent import read_agent

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)


def test_the_rust_engine_parses():
    assert type(agent._PARSER.resolver) is Resolver
    assert type(agent._PARSER.resolver.ua).__name__ == "UserAgentExtractor"


def test_the_legacy_parser_and_its_cache_stay_unused():
    read_agent.__globals__["_read_agent"].cache_clear()
    read_agent(CHROME)
    legacy = sys.modules["ua_parser.user_agent_parser"]
    assert not legacy._PARSE_CACHE


def test_the_parts_are_those_of_user_agents():
    chrome = read_agent(CHROME)
    assert (chrome.browser.family, chrome.browser.version) == ("Chrome", (141,))
    assert (chrome.os.family, chrome.os.version) == ("Windows", (10,))
    assert chrome.is_pc
    assert not chrome.is_mobile
    assert not chrome.is_bot


def test_nothing_known_is_other():
    assert read_agent("").browser.family == "Other"


@given(st.text(st.characters()))
@settings(deadline=None)
def test_any_text_is_read(user_agent: str):
    assert read_agent(user_agent).browser.family


def test_an_endless_text_is_cut_before_it_is_remembered():
    assert len(read_agent("x" * 16_384).ua_string) == 600
