import re

import pytest

from ingest.cli import main
from ingest.settings import secret_hash

SITE = ["--site", "example.com"]


def refused(capsys, *arguments):
    """Run a command that fails; return its one line on stderr."""
    assert main(arguments) == 2
    printed, line = capsys.readouterr()
    assert printed == ""
    assert re.fullmatch(r"footfall: .+\n", line)
    return line


@pytest.mark.parametrize("command", ["serve", "migrate", "records"])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "there is no site; add --site example.com, or a [[site]] in the file"),
        ([*SITE, "--listen", "8000"], "listen is HOST:PORT, like 127.0.0.1:8000"),
        ([*SITE, "--store", "ftp://example.com"], 'store is "chdb"'),
        ([*SITE, "--profile", "none"], "profile: "),
        (["--site", "https://example.com/"], "site[0]: not a domain"),
        (["--config", "not-there.toml"], "not-there.toml: No such file"),
    ],
)
def test_wrong_settings_are_refused_in_one_line(capsys, monkeypatch, command, arguments, told):
    monkeypatch.delenv("FOOTFALL_CONFIG", raising=False)
    assert told in refused(capsys, command, *arguments)


def test_the_environment_names_the_file(capsys, monkeypatch, tmp_path):
    (tmp_path / "named.toml").write_text("sites = 1")
    monkeypatch.setenv("FOOTFALL_CONFIG", str(tmp_path / "named.toml"))
    assert "named.toml: there is no setting 'sites'" in refused(capsys, "serve", *SITE)


@pytest.mark.parametrize(
    "store", ["http://user:secret@127.0.0.1:port/database", "chdb://{file}/folder"]
)
def test_a_store_that_cannot_be_is_refused_in_one_line(capsys, tmp_path, store):
    (tmp_path / "file").touch()
    url = store.format(file=tmp_path / "file")
    line = refused(capsys, "migrate", *SITE, "--data", str(tmp_path), "--store", url)
    assert "secret" not in line


def test_a_data_folder_that_cannot_be_is_refused_in_one_line(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert "--data" in refused(capsys, "serve", *SITE, "--data", str(tmp_path / "file" / "data"))


@pytest.mark.parametrize("arguments", [[], ["sevre"], ["serve", "--sites", "a"], ["key"]])
def test_a_command_that_is_none_is_refused_with_the_usage(capsys, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: footfall" in capsys.readouterr().err


def test_a_new_key_is_a_long_secret_and_its_hash(capsys):
    secrets = set()
    for _ in range(2):
        assert main(["key", "new"]) == 0
        printed = capsys.readouterr().out
        secret, digest = re.search(r": (\S+)\n.*\"([0-9a-f]{64})\"", printed).groups()
        assert len(secret) >= 32
        assert digest == secret_hash(secret)
        secrets.add(secret)
    assert len(secrets) == 2


def test_migrate_makes_a_database_once(capsys, tmp_path):
    for _ in range(2):
        assert main(["migrate", *SITE, "--data", str(tmp_path)]) == 0
        assert capsys.readouterr() == ("the database has this version's schema\n", "")
    assert (tmp_path / "clickhouse").is_dir()
