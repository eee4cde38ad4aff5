"""The store on real, embedded ClickHouse: exactly once, aged, and silent about values."""

import time
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pytest

from ingest.cli import main
from ingest.store.client import Store, StoreError
from ingest.store.migrate import SchemaError, migrate
from ingest.store.names import Name, names_by
from ingest.store.records import Records, Sums, hour_base, no_sums
from ingest.store.tables import COUNTERS, SCHEMA_VERSION, TABLES, TRAFFIC
from ingest.store.writer import write

SECRET = "jane.doe@example.org"
HOUR = int(datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp())
MONTH = 31 * 86_400


@pytest.fixture
def store(tmp_path):
    store = Store("chdb", tmp_path)
    migrate(store, {"example.com": 20_000})
    yield store
    store.close()


def records(*pages, hour=HOUR, views=1, first=1):
    """Return records of one page view of each page, a crosstab of each and a drop."""
    day = datetime.fromtimestamp(hour, UTC).date()
    named = [("country", "FR"), *(("page", page) for page in pages)]
    names = {symbol: Name("example.com", day, *name) for symbol, name in enumerate(named, first)}
    symbols = np.arange(first + 1, first + 1 + len(pages))
    gains = np.zeros((len(COUNTERS), len(pages)), np.int64)
    gains[0] = views
    return Records(
        b"a session",
        names_by(names.__getitem__),
        Sums(hour_base(hour) + symbols, gains),
        Sums((symbols << 32) + first, gains),
        {("example.com", hour, "robot"): 1},
    )


def counted(store):
    """Return the sums of traffic, crosstabs and drops."""
    return [
        store.query(f"SELECT sum({counter}) FROM {name}")[0][0]
        for name, counter in (
            ("traffic", "pageviews"),
            ("crosstabs", "pageviews"),
            ("drops", "hits"),
        )
    ]


def test_records_are_stored_as_they_are(store):
    write(store, records("/a", "/bücher (\\' \n"), "token-1")
    rows = store.query("SELECT site, dimension, hour, value, pageviews FROM traffic ORDER BY value")
    hour = datetime.fromtimestamp(HOUR, UTC)
    assert [(*row[:2], row[2].replace(tzinfo=UTC), *row[3:]) for row in rows] == [
        ("example.com", "page", hour, "/a", 1),
        ("example.com", "page", hour, "/bücher (\\' \n", 1),
    ]
    assert store.query("SELECT toString(day), value_b FROM crosstabs LIMIT 1") == [
        ("2026-11-23", "FR")
    ]


def test_a_batch_counts_once_however_often_it_is_written(store):
    for _ in range(3):
        write(store, records("/a", "/b"), "token-1")
    assert counted(store) == [2, 2, 1]
    write(store, records("/a", "/b"), "token-2")
    assert counted(store) == [4, 4, 2]


def test_a_batch_in_pieces_counts_once(store):
    for _ in range(2):
        write(store, records("/a", "/b", "/c"), "token-1", at_once=2)
    assert counted(store) == [3, 3, 1]
    pages = store.query("SELECT value, sum(pageviews) FROM days GROUP BY value ORDER BY value")
    assert pages == [("/a", 1), ("/b", 1), ("/c", 1)]


def test_a_batch_over_two_months_counts_once(store):
    parts = records("/a"), records("/b", hour=HOUR + MONTH, first=3)
    joined = Records.decode([part.encode(part.symbols().tolist()) for part in parts])
    for _ in range(2):
        write(store, joined, "token-1")
    assert counted(store) == [2, 2, 2]


def test_r1_a_batch_counts_once_over_a_restart(tmp_path):
    for _ in range(3):
        store = Store("chdb", tmp_path)
        migrate(store, {"example.com": 20_000})
        write(store, records("/a"), "token-1")
        assert counted(store) == [1, 1, 1]
        store.close()


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_r1_a_table_that_failed_is_completed_by_the_next_try(store, table):
    store.command(f"RENAME TABLE {table} TO away")
    for _ in range(2):
        with pytest.raises(StoreError) as error:
            write(store, records("/a"), "token-1")
        assert error.value.name == "UNKNOWN_TABLE"
    store.command(f"RENAME TABLE away TO {table}")
    write(store, records("/a"), "token-1")
    assert counted(store) == [1, 1, 1]


def test_records_of_one_table_touch_no_other(store):
    whole = records("/a")
    write(store, whole._replace(traffic=no_sums(), crosstabs=no_sums()), "token-1")
    assert counted(store) == [0, 0, 1]


def test_counters_of_a_cell_are_summed_and_taken_back(store):
    write(store, records("/a"), "token-1")
    write(store, records("/a", views=-1), "token-2")
    for table in ("traffic", "crosstabs"):
        store.command(f"OPTIMIZE TABLE {table} FINAL")
    assert counted(store) == [0, 0, 2]


@pytest.mark.parametrize(
    "sql",
    ["SELECT toInt32({x:String})", "SELECT {x:Int32}", f"SELEC '{SECRET}'", f"SELECT {SECRET}"],
)
def test_an_error_never_repeats_a_value(store, sql, caplog):
    with pytest.raises(StoreError) as error:
        store.query(sql, {"x": SECRET})
    assert error.value.name
    assert "jane" not in str(error.value) + caplog.text
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_an_insert_that_fails_never_repeats_a_value(store, caplog):
    columns = records(SECRET).columns
    columns["traffic"][4] = [2**70]
    with pytest.raises(StoreError) as error:
        store.insert(TRAFFIC, columns["traffic"], "token-1")
    assert "jane" not in str(error.value) + caplog.text


def test_threads_have_clients_of_their_own_and_all_are_closed(store):
    assert store.query("SELECT 1") == [(1,)]
    assert len(store._clients) == 1
    store.close()
    assert store._clients == []
    assert store.query("SELECT 1") == [(1,)]


def test_to_migrate_again_changes_nothing(store):
    write(store, records("/a"), "token-1")
    migrate(store, {"example.com": 20_000})
    write(store, records("/a"), "token-1")
    assert counted(store) == [1, 1, 1]
    assert store.query("SELECT max(version) FROM schema_version") == [(SCHEMA_VERSION,)]


def test_a_newer_schema_is_refused_and_left_alone(store):
    store.command(f"INSERT INTO schema_version VALUES ({SCHEMA_VERSION + 1})")
    store.command("DROP TABLE drops")
    with pytest.raises(SchemaError, match="install a newer footfall"):
        migrate(store, {"example.com": 20_000})
    assert ("drops",) not in store.query("SHOW TABLES")


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_an_insert_is_on_disk_and_its_token_remembered(store, table):
    ((made,),) = store.query(
        "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() "
        "AND name = {name:String}",
        {"name": table},
    )
    assert "ENGINE = SummingMergeTree((" in made
    assert "fsync_after_insert = 1" in made
    assert "non_replicated_deduplication_window = 1000" in made


def set_days(tmp_path, first: str, second: str):
    """Migrate for a setting of each of two sites."""
    config = tmp_path / "footfall.toml"
    config.write_text(
        f'[[site]]\ndomain = "a.example"\n{first}\n[[site]]\ndomain = "b.example"\n{second}\n'
    )
    assert main(["migrate", "--config", str(config), "--data", str(tmp_path)]) == 0


def aged(tmp_path, dimension="", ages=(10, 50, 800)):
    """Insert rows of these ages for both sites; return the ages that are kept."""
    today = int(datetime.now(UTC).timestamp()) // 86_400
    with closing(Store("chdb", tmp_path)) as store:
        for site in ("a.example", "b.example"):
            for age in ages:
                hour = (today - age) * 86_400
                row = [[site], [dimension], [hour], [""], [age], *([0] for _ in COUNTERS[1:])]
                store.insert(TRAFFIC, row, f"{site} {dimension} {age}")
        store.command("OPTIMIZE TABLE traffic FINAL")
    return kept(tmp_path)


def kept(tmp_path):
    """Return the ages that are kept, once ClickHouse has applied a changed setting."""
    unfinished = "SELECT count() FROM system.mutations WHERE NOT is_done"
    with closing(Store("chdb", tmp_path)) as store:
        deadline = time.monotonic() + 30
        while store.query(unfinished) != [(0,)]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return store.query("SELECT site, pageviews FROM traffic ORDER BY site, pageviews")


def test_records_end_with_their_retention(tmp_path):
    set_days(tmp_path, "retention_days = 759", "retention_days = 759")
    assert aged(tmp_path) == [
        ("a.example", 10),
        ("a.example", 50),
        ("b.example", 10),
        ("b.example", 50),
    ]


def test_a_site_keeps_its_own_retention(tmp_path):
    set_days(tmp_path, "retention_days = 30", "")
    assert aged(tmp_path) == [("a.example", 10), ("b.example", 10), ("b.example", 50)]


def test_hours_of_dimensions_end_before_those_of_the_totals(tmp_path):
    set_days(tmp_path, "hours_days = 30", "")
    few = [("a.example", 10), ("b.example", 10), ("b.example", 50)]
    assert aged(tmp_path, "page", ages=(10, 50, 70)) == few
    assert aged(tmp_path, "", ages=(11, 700)) == sorted(
        [*few, ("a.example", 11), ("a.example", 700), ("b.example", 11), ("b.example", 700)]
    )


def test_another_setting_holds_for_records_that_are_there(tmp_path):
    set_days(tmp_path, "", "")
    aged(tmp_path)
    aged(tmp_path, "page", ages=(11, 55))
    set_days(tmp_path, "retention_days = 30", "hours_days = 30")
    assert kept(tmp_path) == [
        ("a.example", 10),
        ("a.example", 11),
        ("b.example", 10),
        ("b.example", 11),
        ("b.example", 50),
    ]


def test_a_database_keeps_as_long_as_each_of_thousands_of_sites_says(tmp_path):
    kept = {f"one-of-many-{number:04}.example.com": 700 + number % 2 for number in range(10_000)}
    with closing(Store("chdb", tmp_path)) as store:
        migrate(store, kept, hours=dict.fromkeys(kept, 62))
        [(definition,)] = store.query(
            "SELECT create_table_query FROM system.tables WHERE name = 'traffic'"
        )
        assert definition.count("one-of-many-") == 2 * len(kept)
    with closing(Store("chdb", tmp_path)) as store:
        migrate(store, kept, hours=dict.fromkeys(kept, 62))
        assert store.query("SELECT count() FROM traffic") == [(0,)]
