"""The commands that work on what is stored, as an operator runs them."""

import sys
from contextlib import closing
from types import SimpleNamespace

import pytest

from ingest.cli import main
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.tables import COUNTERS, TRAFFIC

HOUR = 1_795_600_800


@pytest.fixture
def data(tmp_path):
    """A folder with two sites' records."""
    folder = tmp_path / "data"
    with closing(Store("chdb", folder)) as store:
        migrate(store, {"a.example": 20_000, "b.example": 20_000})
        zeros = [[0, 0] for _ in COUNTERS[1:]]
        key = [["a.example", "b.example"], ["", ""], [HOUR, HOUR], ["", ""]]
        store.insert(TRAFFIC, [*key, [1, 2], *zeros], "token")
    return folder


def run(*command, data, site="a.example"):
    return main([*map(str, command), "--data", str(data), *(("--site", site) if site else ())])


def views(data):
    with closing(Store("chdb", data)) as store:
        return dict(store.query("SELECT site, sum(pageviews) FROM traffic GROUP BY site"))


def test_a_site_is_deleted_once_its_domain_is_written(data, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    for answer, left in (
        ("yes", {"a.example": 1, "b.example": 2}),
        ("a.example", {"b.example": 2}),
    ):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
        assert run("site", "delete", "www.A.example", data=data, site="b.example") == 0
        assert views(data) == left
    assert capsys.readouterr().out == "nothing is deleted\n1 records of a.example are deleted\n"


def test_a_site_is_deleted_unasked_with_yes_and_configured_or_not(data, capsys):
    assert run("site", "delete", "a.example", "--yes", data=data, site=None) == 0
    assert run("site", "delete", "b.example", "--yes", data=data, site="b.example") == 0
    assert "b.example is still configured" not in capsys.readouterr().out.splitlines()[0]
    assert views(data) == {}


def test_nobody_to_ask_deletes_nothing(data, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))
    assert run("site", "delete", "a.example", data=data) == 2
    assert "add --yes" in capsys.readouterr().err
    assert run("site", "delete", "a'; DROP", "--yes", data=data) == 2
    assert views(data) == {"a.example": 1, "b.example": 2}


def test_a_backup_fills_an_empty_folder_and_no_other(data, tmp_path, capsys):
    file, elsewhere = tmp_path / "a backup.tar", tmp_path / "elsewhere"
    assert run("backup", file, data=data) == 0
    assert run("backup", file, data=data) == 2
    assert "is there already" in capsys.readouterr().err
    assert run("restore", file, data=elsewhere) == 0
    assert views(elsewhere) == views(data) == {"a.example": 1, "b.example": 2}
    assert run("restore", file, data=elsewhere) == 2
    assert "needs an empty database" in capsys.readouterr().err
    assert run("restore", tmp_path / "none.tar", data=tmp_path / "third") == 2
    assert "is not there" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["backup", "backup.zip", "it's.tar"])
def test_a_file_that_cannot_be_a_backup_is_refused(data, tmp_path, capsys, name):
    assert run("backup", tmp_path / name, data=data) == 2
    assert "ends in .tar" in capsys.readouterr().err


def test_a_server_has_its_own_backups(tmp_path, capsys):
    command = ("backup", tmp_path / "a.tar", "--store", "http://localhost:8123")
    assert run(*command, data=tmp_path) == 2
    assert "its own BACKUP" in capsys.readouterr().err
