from random import Random

import pytest

from ingest.anonymize.page import read_page
from ingest.anonymize.source import find_source, read_authority
from ingest.demo.sources import sources

CHANNELS = {
    "Direct": "Direct",
    "Google": "Organic Search",
    "Bing": "Organic Search",
    "DuckDuckGo": "Organic Search",
    "Ecosia": "Organic Search",
    "ChatGPT": "AI Assistants",
    "Perplexity": "AI Assistants",
    "Claude": "AI Assistants",
    "Gemini": "AI Assistants",
    "LinkedIn": "Organic Social",
    "X": "Organic Social",
    "Reddit": "Organic Social",
    "Hacker News": "Organic Social",
    "YouTube": "Organic Video",
    "GitHub": "Referral",
    "apps.brightshelf.example": "Referral",
    "shiftwork-guide.example": "Referral",
}


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_sources_have_the_names_and_channels_meant(progress):
    chance = Random(1)
    draw = sources(progress)
    found = {}
    for source in (draw(chance) for _ in range(6_000)):
        page = read_page(f"https://demo.example/?{source.query}", False, ())
        authority = read_authority(source.referrer)
        told = find_source(authority, page.host, page.utm, page.click, "demo.example")
        found[told.source] = told.channel
    assert found == CHANNELS
