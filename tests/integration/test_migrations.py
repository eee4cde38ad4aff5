"""A database of any released schema becomes one of this version, with all that it has."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from stores import opened

from ingest.store.client import Store
from ingest.store.migrate import check, migrate
from ingest.store.tables import COUNTERS, SCHEMA_VERSION, TRAFFIC

RELEASED = sorted(Path(__file__).parent.glob("schema_*.sql"))
"""The schema of each released version, with a few records."""
RETENTION = {"example.com": 10_000}
ZONES = {"example.com": "Pacific/Auckland"}
"""There it is the next day."""


@pytest.fixture(params=["embedded", "server"])
def store(request, servers, tmp_path):
    with opened(request.param, servers, tmp_path) as store:
        yield store


def release(store: Store, file: Path) -> None:
    """Make the database as that version made it."""
    for statement in re.split(r";\n", file.read_text()):
        if statement.strip():
            store.command(statement.strip().rstrip(";"))


def made(store: Store) -> dict[str, str]:
    """How each table is made, without the database's name."""
    rows = store.query(
        "SELECT name, replace(create_table_query, database || '.', '') FROM system.tables "
        "WHERE database = currentDatabase()"
    )
    return dict(rows)


def sums(store: Store) -> list[tuple]:
    return [
        store.query("SELECT sum(pageviews), sum(visitors), count() FROM traffic")[0],
        store.query("SELECT sum(pageviews) FROM crosstabs")[0],
        store.query("SELECT sum(hits) FROM drops")[0],
    ]


def test_every_version_before_this_one_has_its_file():
    versions = [int(file.stem.removeprefix("schema_")) for file in RELEASED]
    assert versions == list(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_an_older_database_becomes_like_a_new_one(store, file, servers, tmp_path):
    release(store, file)
    before = sums(store)
    assert before == [(7, 5, 3), (5,), (7,)]
    for _ in range(2):
        migrate(store, RETENTION, ZONES)
        assert sums(store) == before
    days = "SELECT site, dimension, value, toString(day), sum(pageviews) FROM days GROUP BY ALL"
    assert sorted(store.query(days)) == [
        ("example.com", "", "", "2026-11-24", 3),
        ("example.com", "page", "/a", "2026-11-24", 3),
        ("gone.example", "", "", "2026-11-23", 1),
    ]
    check(store)
    row = [["example.com"], [""], [1_795_600_800], [""], [1], *([0] for _ in COUNTERS[1:])]
    for _ in range(2):
        store.insert(TRAFFIC, row, "after")
    assert sums(store)[0][0] == before[0][0] + 1
    migrated = made(store)
    store.close()
    kind = "embedded" if store.is_embedded else "server"
    with opened(kind, servers, tmp_path / "new") as new:
        migrate(new, RETENTION)
        assert made(new) == migrated


@pytest.mark.parametrize(
    "file", [None, *RELEASED], ids=["empty", *(each.stem for each in RELEASED)]
)
def test_migrations_at_once_do_no_harm(servers, tmp_path, file):
    address = servers.address("server")
    with closing(Store(address.url, tmp_path)) as store:
        if file:
            release(store, file)
        command = [sys.executable, "-m", "ingest", "migrate", "--site", "example.com"]
        command += ["--store", address.url]
        running = [
            subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(3)
        ]
        told = [process.communicate() for process in running]
        assert [process.returncode for process in running] == [0, 0, 0], told
        check(store)
        if file:
            assert sums(store) == [(7, 5, 3), (5,), (7,)]
