"""`footfall audit` against a real folder, a real process and a real ClickHouse server."""

import json
from contextlib import closing

import pytest
from clickhouse import find_clickhouse
from server import Server

from ingest.audit.finding import State
from ingest.audit.store import look_into
from ingest.cli import main
from ingest.settings import load
from ingest.store.client import Store
from ingest.store.migrate import migrate

RETENTION = "records of traffic end with their retention"
HOURS = "hours of all but the totals end with their hours_days"


def run(capsys, *arguments):
    code = main(["audit", "--site", "example.com", *arguments])
    return code, capsys.readouterr().out


def findings(capsys, *arguments):
    code, out = run(capsys, "--json", *arguments)
    told = json.loads(out)
    assert code == (1 if told["failed"] else 0)
    return {finding["criterion"]: finding for finding in told["findings"]}


def without_swap(found):
    """The states, but for what depends on the machine."""
    return {each["state"] for name, each in found.items() if "swap" not in name}


@pytest.mark.parametrize("profile", ["standard", "exempt"])
def test_a_running_server_passes(capsys, tmp_path, profile):
    with Server(tmp_path / "data", "--profile", profile) as server:
        found = findings(capsys, "--data", str(tmp_path / "data"), "--profile", profile)
    assert without_swap(found) == ({"passed"} if profile == "exempt" else {"passed", "open"})
    core = found["a core dump is impossible"]
    assert core["found"] == f"process {server.process.pid}: limit 0"
    assert found[RETENTION]["found"] == "759 days"


def test_tables_that_keep_records_for_longer_fail(capsys, tmp_path):
    with closing(Store("chdb", tmp_path / "data")) as store:
        migrate(store, {"example.com": 5_000})
    found = findings(capsys, "--data", str(tmp_path / "data"))
    assert found[RETENTION]["state"] == "failed"
    assert found[RETENTION]["found"] == "example.com: 5000 days"


def test_the_table_names_the_setting_that_would_change_it(capsys, tmp_path):
    code, out = run(capsys, "--data", str(tmp_path / "data"))
    assert 'profile = "exempt"' in out
    assert "[geo]" in out
    assert "passed, 0 failed" in out or code == 1


def test_a_server_is_asked_what_it_keeps_and_what_it_logs(tmp_path):
    with find_clickhouse(tmp_path / "clickhouse") as server:
        settings = load(None, {}, {"site": ["example.com"], "store": server.url})
        with closing(Store(server.url, tmp_path)) as store:
            migrate(store, settings.retention, hours=settings.hours)
        found = {finding.criterion: finding for finding in look_into(settings)}
        assert found[RETENTION].state is found[HOURS].state is State.PASSED
        assert found[HOURS].found == "62 days"
        assert found["statements are not logged"].found.startswith("log_queries = ")
    away = {finding.criterion: finding.state for finding in look_into(settings)}
    assert away == {"the server can be asked": State.OPEN}
