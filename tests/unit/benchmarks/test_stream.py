from itertools import islice
from random import Random

import httptools
import pytest
from stream import PAGES, VISITORS, batch, request, stream, view, visitors

from ingest.anonymize.address import cut
from ingest.anonymize.browser import read_browser
from ingest.receive.batch import read_timed
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import PROFILES

HITS = 50_000
NOW = 1_795_458_600


@pytest.fixture(scope="module")
def hits():
    return list(islice(stream(Random(1)), HITS))


class Reader:
    """Reads requests as a server does."""

    def __init__(self, data: bytes):
        self.headers, self.body = [], b""
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_url(self, url: bytes):
        self.url = url

    def on_header(self, name: bytes, value: bytes):
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes):
        self.body += body

    def on_message_complete(self):
        self.is_whole = True


def test_a_fifth_of_the_hits_are_pings(hits):
    pings = sum(hit.event["n"] == "engagement" for hit in hits)
    assert pings / HITS == pytest.approx(0.2, abs=0.01)


def test_of_the_views_three_tenths_have_a_referrer_and_one_tenth_a_campaign(hits):
    views = [hit.event for hit in hits if hit.event["n"] == "pageview"]
    assert sum("r" in event for event in views) / len(views) == pytest.approx(0.3, abs=0.01)
    campaigns = sum("utm_campaign=" in event["u"] for event in views)
    assert campaigns / len(views) == pytest.approx(0.1, abs=0.01)
    assert len({event["u"].partition("?")[0] for event in views}) == PAGES


def test_a_ping_is_for_a_page_that_its_visitor_has_seen(hits):
    seen = set()
    for visitor, event in hits:
        if event["n"] == "pageview":
            seen.add((visitor, event["u"]))
        else:
            assert (visitor, event["u"]) in seen
            assert event["e"] > 0


def test_a_visitors_hits_are_far_apart(hits):
    last = {}
    gaps = []
    for number, hit in enumerate(hits):
        gaps.append(number - last.get(hit.visitor.address, -HITS))
        last[hit.visitor.address] = number
    assert min(gaps) >= 500


def test_the_same_chance_gives_the_same_hits(hits):
    assert list(islice(stream(Random(1)), 3_000)) == hits[:3_000]
    assert list(islice(stream(Random(2)), 3_000)) != hits[:3_000]


def test_every_address_has_a_network_of_its_own_and_comes_again_with_another_browser():
    some = list(islice(visitors(Random(1)), VISITORS + 100))
    assert len({cut(each.address, PROFILES["standard"]) for each in some}) == VISITORS
    again = some[VISITORS:]
    assert [each.address for each in again] == [each.address for each in some[:100]]
    assert [each.user_agent for each in again] != [each.user_agent for each in some[:100]]


def received(visitor):
    """What a collector makes of a visitor."""
    browser = read_browser(visitor.user_agent, visitor.accept_language)
    return visitor.address, browser.part, visitor.viewport_width


def test_a_request_arrives_as_the_hit_it_was_made_of(hits):
    proxies = Proxies(["127.0.0.1/32"])
    for hit in hits[:3_000]:
        sent = Reader(request(hit))
        assert sent.is_whole
        assert sent.url == b"/api/event"
        raw = read_event(sent.body, read_sender(sent.headers, "127.0.0.1", proxies))
        assert (raw.address, raw.browser.part, raw.viewport_width) == received(hit.visitor)
        fields = (raw.name, raw.url, raw.referrer, raw.engaged)
        event = hit.event
        assert fields == (event["n"], event["u"], event.get("r", ""), event.get("e", 0))


def test_a_view_can_be_of_any_site():
    [visitor] = islice(visitors(Random(1)), 1)
    event = view(visitor, Random(1), "other.example").event
    assert event["d"] == "other.example"
    assert event["u"].startswith("https://other.example/")


def test_a_batch_is_a_line_for_each_hit_with_its_sender(hits):
    sent = Reader(batch(hits[:10], "secret", NOW))
    assert sent.is_whole
    assert sent.url == b"/api/events"
    assert (b"authorization", b"Bearer secret") in sent.headers
    for line, hit in zip(sent.body.split(b"\n"), hits[:10], strict=True):
        timed = read_timed(line, NOW)
        raw = timed.raw
        assert (raw.address, raw.browser.part, raw.viewport_width) == received(hit.visitor)
        assert timed.time == NOW
        assert (raw.name, raw.url) == (hit.event["n"], hit.event["u"])
