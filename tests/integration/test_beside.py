"""The process beside: it ends with the one that started it, comes back, and stays below it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from processes import children_of, is_running

from ingest.beside import StoreBeside
from ingest.store.client import Store, StoreError
from ingest.store.tables import DROPS, create

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLEEP = "SELECT sleepEachRow(3) FROM numbers(100) SETTINGS max_block_size = 1"
PARENT = """
import sys
from pathlib import Path
from ingest.beside import StoreBeside
store = StoreBeside("chdb", Path(sys.argv[1]))
store.command("CREATE TABLE IF NOT EXISTS kept (n Int64) ENGINE = MergeTree ORDER BY n")
store.command("INSERT INTO kept VALUES (1)")
print("works", flush=True)
store.query(sys.argv[2])
"""


@pytest.fixture
def store(tmp_path) -> Iterator[StoreBeside]:
    with closing(StoreBeside("chdb", tmp_path)) as store:
        yield store


def process_of(store: StoreBeside) -> int:
    store.query("SELECT 1")
    return store._process.pid


def threads_of(process: int) -> dict[str, int]:
    """Return the niceness of each thread by its number."""
    folders = Path(f"/proc/{process}/task").iterdir()
    stats = {folder.name: (folder / "stat").read_text() for folder in folders}
    return {name: int(stat.rpartition(")")[2].split()[16]) for name, stat in stats.items()}


def test_functions_work_there_and_answer_here(store):
    assert store.do(Store.query, "SELECT {n:Int64}", {"n": 7}) == [(7,)]
    blocks = store.each(Store.stream, "SELECT number FROM numbers({n:UInt64})", {"n": 200_000})
    assert sum(len(block) for block in blocks) == 200_000


def test_all_its_threads_stay_below_those_that_answer_hits(store):
    """Where tests run as root, ClickHouse would raise its threads."""
    process = process_of(store)
    store.query("SELECT sum(number) FROM numbers_mt(100000000)")
    assert set(threads_of(process).values()) == {19}


def test_one_that_was_killed_comes_back_with_what_it_had(store):
    store.command("CREATE TABLE kept (n Int64) ENGINE = MergeTree ORDER BY n")
    store.command("INSERT INTO kept VALUES (1)")
    process = process_of(store)
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert store.query("SELECT n FROM kept") == [(1,)]
    assert process_of(store) != process


def test_one_that_ends_while_it_is_asked_is_an_error_once(store):
    process = process_of(store)
    with ThreadPoolExecutor(1) as asking:
        asked = asking.submit(store.query, SLEEP)
        time.sleep(0.2)
        os.kill(process, signal.SIGKILL)
        with pytest.raises(StoreError, match="started again"):
            asked.result()
    assert store.query("SELECT 1") == [(1,)]


def test_one_that_rests_comes_back_at_rest(store):
    store.rest(rests=True)
    process = process_of(store)
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    with pytest.raises(StoreError, match="nearly full"):
        store.insert(DROPS, [["example.com"], [NOON], ["robot"], [1]], "token")
    store.rest(rests=False)
    store.command(create(DROPS)[0])
    store.insert(DROPS, [["example.com"], [NOON], ["robot"], [1]], "token")
    assert store.query("SELECT hits FROM drops") == [(1,)]


def test_what_stops_all_processes_leaves_it_to_the_one_that_started_it(store):
    process = process_of(store)
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(process, told)
    assert store.query("SELECT 1") == [(1,)]
    assert process_of(store) == process
    store.close()
    assert not is_running(process)


def test_it_ends_with_the_one_that_started_it_and_leaves_the_folder_to_the_next(tmp_path):
    command = [sys.executable, "-c", PARENT, str(tmp_path), SLEEP]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "works\n"
        (process,) = children_of(parent.pid)
        parent.kill()
    with closing(StoreBeside("chdb", tmp_path)) as store:
        assert store.query("SELECT n FROM kept") == [(1,)]
        assert not is_running(process)
