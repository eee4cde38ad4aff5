"""Rows read as they come, from embedded ClickHouse, here and beside, and from a server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from clickhouse import find_clickhouse

from ingest.beside import StoreBeside
from ingest.store.client import Store, StoreError

SECRET = "jane.doe@example.org"
MANY = "SELECT number, toString(number) FROM numbers({count:UInt64})"


@pytest.fixture(scope="module", params=["chdb", "beside", "server"])
def store(request, tmp_path_factory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("clickhouse")
    if request.param == "chdb":
        with closing(Store("chdb", folder)) as store:
            yield store
        return
    if request.param == "beside":
        with closing(StoreBeside("chdb", folder)) as store:
            yield store
        return
    with (
        find_clickhouse(folder / "server") as server,
        closing(Store(server.url, folder)) as store,
    ):
        yield store


def test_all_rows_come_in_blocks_and_in_order(store):
    blocks = list(store.stream(MANY, {"count": 200_000}))
    assert len(blocks) > 1
    rows = [row for block in blocks for row in block]
    assert rows == [(number, str(number)) for number in range(200_000)]


def test_no_rows_are_no_blocks(store):
    assert [row for block in store.stream(MANY, {"count": 0}) for row in block] == []


def test_an_open_stream_lets_others_ask_and_may_be_left(store):
    blocks = store.stream(MANY, {"count": 10_000_000})
    assert next(blocks)[0] == (0, "0")
    assert store.query("SELECT 1") == [(1,)]
    blocks.close()
    assert store.query("SELECT 1") == [(1,)]


def test_a_stream_may_be_read_from_several_threads(store):
    blocks = store.stream(MANY, {"count": 300_000})
    rows = 0
    while True:
        with ThreadPoolExecutor(1) as thread:
            block = thread.submit(next, blocks, None).result()
        if block is None:
            break
        rows += len(block)
    assert rows == 300_000


@pytest.mark.parametrize(
    ("sql", "settings", "name"),
    [
        ("SELECT toUInt8({x:String})", {}, "CANNOT_PARSE_TEXT"),
        (
            "SELECT groupArray(number), {x:String} FROM numbers(10000000)",
            {"max_memory_usage": 10_000_000},
            "MEMORY_LIMIT_EXCEEDED",
        ),
        (
            "SELECT count(), {x:String} FROM numbers(100000000000) WHERE NOT ignore(number)",
            {"max_execution_time": 0.3},
            "TIMEOUT_EXCEEDED",
        ),
        (
            "SELECT throwIf(number = 500000, {x:String}) FROM numbers(1000000)",
            {},
            "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
        ),
    ],
)
def test_what_goes_wrong_is_named_without_a_value(store, caplog, sql, settings, name):
    with pytest.raises(StoreError) as error:
        for _ in store.stream(sql, {"x": SECRET}, settings):
            pass
    assert error.value.name == name
    assert SECRET not in str(error.value) + caplog.text
    assert store.query("SELECT 1") == [(1,)]


def test_a_statement_has_the_same_limits(store):
    with pytest.raises(StoreError) as error:
        store.query(
            "SELECT groupArray(number) FROM numbers(10000000)",
            settings={"max_memory_usage": 10_000_000},
        )
    assert error.value.name == "MEMORY_LIMIT_EXCEEDED"
