"""P5: an opt-out signal leaves the same bytes as no hit, but for the count of drops."""

import orjson
import pytest

from ingest.collection import open_places
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event, read_pixel
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Geo, Settings, Site
from ingest.store.drops import DropReason
from ingest.visit.keys import Keyring
from tests.frozen import frozen

BROWSER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept-language": "fr",
}
PROXIES = Proxies([])
NOW = 1_795_000_000
EVENT = {"n": "pageview", "u": "https://example.com/a?utm_source=mail", "d": "example.com"}


def by_event(headers, name="pageview"):
    return read_event(orjson.dumps(EVENT | {"n": name, "p": {"plan": "pro"}}), sender(headers))


def by_pixel(headers):
    return read_pixel(b"u=https://example.com/a&d=example.com", sender(headers))


def sender(headers):
    lines = [(name.encode(), value.encode()) for name, value in (BROWSER | headers).items()]
    return read_sender(lines, "90.1.7.8", PROXIES)


@pytest.fixture(scope="module")
def places():
    places = open_places(Geo())
    yield places
    places.close()


@pytest.fixture(params=[0, 1], ids=["nobody was here", "somebody was here"])
def pipeline(request, places):
    """One that has counted a visitor without a signal, or nobody."""
    pipeline = Pipeline(Settings(sites=(Site("example.com", k=1),)), places, Keyring())
    for _ in range(request.param):
        pipeline.fold(pipeline.anonymize(by_event({}), NOW))
    return pipeline


def memory(pipeline):
    return frozen(pipeline)


@pytest.mark.parametrize("signal", [{"sec-gpc": "1"}, {"dnt": "1"}], ids=str)
@pytest.mark.parametrize(
    "read",
    [
        by_event,
        by_pixel,
        lambda headers: by_event(headers, "engagement"),
        lambda h: by_event(h, "Buy"),
    ],
    ids=["page view", "pixel", "engagement", "event"],
)
def test_a_signal_leaves_nothing_but_a_drop(pipeline, signal, read):
    before = memory(pipeline)
    records, dropped = pipeline.fold(pipeline.anonymize(read(signal), NOW + 5))
    assert dropped == [DropReason.OPT_OUT]
    assert memory(pipeline) == before
    columns = records.columns
    assert not any(columns["traffic"]) and not any(columns["crosstabs"])  # noqa: PT018
    assert columns["drops"] == [["example.com"], [NOW // 3600 * 3600], ["opt_out"], [1]]


def test_a_note_of_it_is_one_of_nothing(pipeline):
    pipeline.note(1, [])  # the keys made so far are told once
    arrivals = pipeline.anonymize(by_event({"sec-gpc": "1"}), NOW)
    assert pipeline.note(1, arrivals) == pipeline.note(1, [])


def test_without_a_signal_it_does_leave_something(pipeline):
    before = memory(pipeline)
    records, dropped = pipeline.fold(pipeline.anonymize(by_event({}), NOW + 5))
    assert dropped == [None]
    assert memory(pipeline) != before
    assert any(records.columns["traffic"])
