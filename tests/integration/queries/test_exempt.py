"""Profile `exempt`: what is kept of visits, and what can be asked of it."""

from datetime import UTC, datetime

import orjson
import pytest

from ingest.collection import open_places
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Geo, SettingsError, load
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.writer import write
from ingest.visit.keys import Keyring
from tests.privacy.asking import asking

NOW = int(datetime(2026, 11, 23, 10, 47, 13, tzinfo=UTC).timestamp())
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
KEY = "a-key"
SETTINGS = load(None, {}, {"site": ["example.com"], "key": KEY, "profile": "exempt"})
LANDINGS = (
    ("utm_source=newsletter-of-jane&utm_medium=email&utm_campaign=spring", ""),
    ("utm_source=google&utm_medium=cpc&utm_term=bread", "https://www.google.com/search?q=bread"),
    ("", "https://blog.example/deep/path?q=1"),
)
VISITORS = 17


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store("chdb", tmp_path_factory.mktemp("exempt"))
    migrate(store, SETTINGS.retention)
    places = open_places(Geo())
    pipeline = Pipeline(SETTINGS, places, Keyring())
    for number in range(VISITORS * len(LANDINGS)):
        query, referrer = LANDINGS[number % len(LANDINGS)]
        event = {"n": "pageview", "d": "example.com", "u": f"https://example.com/a?{query}"}
        event |= {"r": referrer} if referrer else {}
        headers = [(b"user-agent", FIREFOX.encode()), (b"accept-language", b"fr,x-%d" % number)]
        raw = read_event(orjson.dumps(event), read_sender(headers, "90.1.7.8", Proxies([])))
        for kind in (raw, read_event(orjson.dumps(event | {"n": "Signup"}), raw)):
            records, dropped = pipeline.fold(pipeline.anonymize(kind, NOW + number))
            assert dropped == [None]
            write(store, records, f"{number} {kind.name}")
    places.close()
    yield store
    store.close()


@pytest.fixture(scope="module")
def ask(store):
    with asking(SETTINGS, store, NOW + 60.0, KEY) as ask:
        yield ask


def values(store, dimension):
    sql = "SELECT DISTINCT value FROM traffic WHERE dimension = {name:String} ORDER BY value"
    return [value for (value,) in store.query(sql, {"name": dimension})]


@pytest.mark.parametrize("name", ["source", "medium", "campaign", "content", "term"])
def test_nothing_is_kept_of_a_campaign(store, name):
    assert values(store, f"utm_{name}") == ["(none)"]


def test_channels_and_known_sources_are_kept(store):
    assert values(store, "channel") == ["Email", "Paid Search", "Referral"]
    assert values(store, "source") == ["(unknown)", "Google", "blog.example"]
    assert values(store, "referrer") == ["Direct", "blog.example", "google.com"]


def test_a_page_meets_one_other_dimension_and_nothing_else_meets(store):
    pairs = store.query("SELECT DISTINCT dimension_a FROM crosstabs")
    assert pairs == [("page",)]
    assert len(store.query("SELECT DISTINCT dimension_b FROM crosstabs")) == 9


def test_what_two_dimensions_share_is_rounded_to_tens(ask):
    answer = ask(
        dimensions=["event:page", "visit:channel"], metrics=["visitors", "visits", "pageviews"]
    )
    assert [row["metrics"] for row in answer["results"]] == [[20, 20, 20]] * 3
    assert answer["meta"]["withheld"]["visits"] % 10 == 0


def test_what_one_dimension_has_is_exact(ask):
    answer = ask(dimensions=["visit:channel"], metrics=["visitors", "visits"])
    assert [row["metrics"] for row in answer["results"]] == [[VISITORS, VISITORS]] * 3


@pytest.mark.parametrize(
    "pair", [["visit:channel", "visit:country"], ["event:name", "visit:source"]], ids=str
)
def test_a_pair_that_is_not_kept_is_refused(ask, pair):
    problem = ask(dimensions=pair, metrics=["visits"])
    assert problem["status"] == 422
    assert set(problem["possible"][pair[1]]) == {"event:page"}


def test_records_are_kept_for_25_months_at_most(tmp_path):
    config = tmp_path / "footfall.toml"
    config.write_text('[[site]]\ndomain = "example.com"\nretention_days = 760\n')
    assert load(config, {}, {}).sites[0].retention_days == 760
    with pytest.raises(
        SettingsError, match=r"example\.com: retention_days is at most 759 in profile exempt"
    ):
        load(config, {}, {"profile": "exempt"})
