"""P3: no identifier, no sketch, no time finer than an hour, at most two attributes a record."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from ingest.anonymize.browser import read_browser
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.pipeline import Pipeline
from ingest.receive.event import read_event
from ingest.receive.sender import Sender
from ingest.settings import Settings, Site
from ingest.store.client import Store
from ingest.store.live import report
from ingest.store.migrate import migrate
from ingest.store.tables import TABLES
from ingest.store.writer import write
from ingest.visit.keys import Keyring

COUNTERS = [
    "pageviews",
    "events",
    "visitors",
    "hour_visitors",
    "visits",
    "entries",
    "exits",
    "bounces",
    "duration",
    "engagement",
    "scroll",
    "scroll_visits",
]
WORD, COUNT = "LowCardinality(String)", dict.fromkeys(COUNTERS, "Int64")
COUNT_BY_DAY = {name: kind for name, kind in COUNT.items() if name != "hour_visitors"}
STORED = {
    "traffic": {"site": WORD, "dimension": WORD, "hour": "DateTime('UTC')", "value": WORD} | COUNT,
    "days": {"site": WORD, "dimension": WORD, "day": "Date", "value": WORD} | COUNT_BY_DAY,
    "crosstabs": {"site": WORD, "dimension_a": WORD, "dimension_b": WORD, "day": "Date"}
    | {"value_a": WORD, "value_b": WORD}
    | COUNT,
    "drops": {"site": WORD, "hour": "DateTime('UTC')", "reason": WORD, "hits": "UInt64"},
    "schema_version": {"version": "UInt32"},
    "live": {"report": "String", "site": WORD, "visitors": "UInt32", "reported": "DateTime('UTC')"},
}
"""All that may be stored. To change it is to change what the README promises."""

ZONES = ("UTC", "Europe/Paris", "Asia/Kolkata", "America/St_Johns")
SITES = tuple(
    Site(f"{zone.lower().replace('/', '-')}.example", ZoneInfo(zone), k=2) for zone in ZONES
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NOW = int(datetime(2026, 11, 23, 10, 47, 13, tzinfo=UTC).timestamp())


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store("chdb", tmp_path_factory.mktemp("p3"))
    migrate(store, {"example.com": 20_000})
    fill(store)
    yield store
    store.close()


def fill(store):
    """Let three people walk each site, at odd seconds, over an hour's end."""
    places = Places(bundled_country(), bundled_provider())
    pipeline = Pipeline(Settings(sites=SITES), places, Keyring())
    for number in range(30):
        event = {"n": "pageview", "d": ",".join(site.domain for site in SITES)}
        event |= {"u": f"https://www.example.com/a/{number % 3}?utm_source=mail", "p": {"x": "y"}}
        event |= {"n": "Signup"} if number % 5 == 0 else {}
        sender = Sender(f"90.1.{number % 3}.7", read_browser(FIREFOX, "fr"), False, number == 29)
        arrivals = pipeline.anonymize(read_event(orjson.dumps(event), sender), NOW + number * 131)
        records, _ = pipeline.fold(arrivals)
        write(store, records, str(number))
    places.close()


def test_only_the_tables_listed_are_there(store):
    assert {name for (name,) in store.query("SHOW TABLES")} == set(STORED)
    assert {table.name for table in TABLES} <= set(STORED)


def test_every_column_is_one_of_those_listed(store):
    columns = store.query(
        "SELECT table, name, type FROM system.columns WHERE database = currentDatabase()"
    )
    found = {}
    for table, name, kind in columns:
        found.setdefault(table, {})[name] = kind
    assert found == STORED


def test_nothing_but_sums_is_made_of_records(store):
    tables = store.query(
        "SELECT name, engine, create_table_query FROM system.tables "
        "WHERE database = currentDatabase()"
    )
    engines = {name: engine for name, engine, _ in tables}
    assert engines == dict.fromkeys(engines, "SummingMergeTree") | {
        "schema_version": "ReplacingMergeTree",
        "live": "Join",
    }
    sketches = re.compile(r"AggregateFunction|uniq|HyperLogLog|Map\(|Array\(|Tuple\(|JSON|UUID")
    assert [made for *_, made in tables if sketches.search(made)] == []
    assert store.query("SELECT count() FROM system.projections") == [(0,)]


def test_how_many_are_there_now_is_never_on_a_disk(store):
    report(store, "a collector", {"example.com": 1})
    report(store, "a collector", {"example.com": 3})
    assert store.query("SELECT report, visitors FROM live") == [("example.com a collector", 3)]
    ((paths,),) = store.query("SELECT data_paths FROM system.tables WHERE name = 'live'")
    assert [file for path in paths for file in Path(path).rglob("*") if file.is_file()] == []


def test_a_record_has_at_most_two_attributes():
    for table in TABLES:
        attributes = [name for name, _ in table.key if name.startswith("value")]
        assert len(attributes) <= 2


@pytest.mark.parametrize("table", ["traffic", "drops"])
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.domain)
def test_every_time_is_the_start_of_a_local_hour(store, table, site):
    hours = store.query(
        f"SELECT DISTINCT toUnixTimestamp(hour) FROM {table} WHERE site = {{site:String}}",
        {"site": site.domain},
    )
    assert len(hours) >= (2 if table == "traffic" else 1)
    for (hour,) in hours:
        local = datetime.fromtimestamp(hour, site.timezone)
        assert (local.minute, local.second) == (0, 0)


def test_every_text_is_one_of_a_dimensions_values(store):
    texts = set()
    for table, columns in STORED.items():
        for name, kind in columns.items():
            if "String" in kind:
                texts |= {text for (text,) in store.query(f"SELECT DISTINCT {name} FROM {table}")}
    domains = {site.domain for site in SITES}
    told = texts - domains
    assert {"/a/0", "mail", "FR", "fr", "Firefox", "Linux", "www.example.com", "Signup"} <= told
    assert len(told) < 80
    assert not [text for text in told if re.search(r"90\.1\.|Mozilla|Gecko|[0-9a-f]{8}|\?", text)]


def test_no_records_of_traffic_are_anywhere_else(store):
    databases = store.query(
        "SELECT database, name FROM system.tables "
        "WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')"
    )
    assert {name for _, name in databases} == set(STORED)
    logs = [name for (name,) in store.query("SHOW TABLES FROM system") if name.endswith("_log")]
    assert logs == []
