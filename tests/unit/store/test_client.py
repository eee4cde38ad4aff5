import pytest
from server import free_port

from ingest.store.client import Store, StoreError, connect_options

SECRET = "jane.doe@example.org"


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("chdb", "data/clickhouse"),
        ("chdb://", "data/clickhouse"),
        ("chdb://{root}/elsewhere", "elsewhere"),
        ("chdb://{root}/a%20folder", "a folder"),
    ],
)
def test_embedded_clickhouse_has_a_folder(tmp_path, url, folder):
    options = connect_options(url.format(root=tmp_path), tmp_path / "data")
    assert options == {"interface": "chdb", "path": str(tmp_path / folder)}
    assert (tmp_path / folder).is_dir()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://ch.example", ("http", "ch.example", 8123, "default", "", "default")),
        ("https://ch.example", ("https", "ch.example", 8443, "default", "", "default")),
        ("http://u:p%40ss@ch.example:9/db", ("http", "ch.example", 9, "u", "p@ss", "db")),
        ("http://u@[::1]:9/db/", ("http", "::1", 9, "u", "", "db")),
    ],
)
def test_a_servers_url_says_everything(tmp_path, url, told):
    options = connect_options(url, tmp_path)
    names = ("interface", "host", "port", "username", "password", "database")
    assert tuple(options[name] for name in names) == told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "password"),
    [("http://u@host/db", "of-settings"), ("http://u:of-the-url@host/db", "of-the-url")],
)
def test_the_password_is_the_urls_or_that_of_the_settings(tmp_path, url, password):
    assert connect_options(url, tmp_path, "of-settings")["password"] == password


def test_a_server_that_is_away_is_told_without_password_and_values(tmp_path, caplog):
    store = Store(f"http://user:pass-word@127.0.0.1:{free_port()}/db", tmp_path)
    with pytest.raises(StoreError, match="could not be reached") as error:
        store.query("SELECT {x:String}", {"x": SECRET})
    assert error.value.name == ""
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    assert "pass-word" not in str(error.value) + caplog.text
    assert SECRET not in str(error.value) + caplog.text
