import logging
from pathlib import Path

import msgspec
import pytest

from ingest.reload import Reload, differing
from ingest.settings import Key, Settings, SettingsError, Site, load

KEY = Key(name="a", sha256="a" * 64, sites=("example.com",))
RUNNING = Settings(sites=(Site(domain="example.com"),), keys=(KEY,))


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, "footfall")
    return caplog


def test_keys_are_taken_over(log):
    taken = []
    Reload(lambda: msgspec.structs.replace(RUNNING, keys=()), RUNNING, taken.append)()
    assert taken == [()]
    assert log.messages == ["query keys in force now: 0"]


def test_what_else_differs_is_named_without_its_value_and_not_taken_over(log):
    other = (Site(domain="example.com", k=1),)
    found = msgspec.structs.replace(RUNNING, sites=other, store="http://jane:pw@host/db")
    Reload(lambda: found, RUNNING, lambda _: None)()
    assert log.messages[1] == "only keys are taken over; restart for store, site"
    assert "pw" not in log.text


def test_settings_with_an_error_leave_the_old_keys(log):
    def wrong():
        raise SettingsError("footfall.toml: key[0].sha256: 64 digits are expected")

    Reload(wrong, RUNNING, lambda _: pytest.fail("old keys were lost"))()
    assert log.messages == [
        "the keys stay as they are: footfall.toml: key[0].sha256: 64 digits are expected"
    ]


def test_the_same_file_read_twice_differs_in_nothing(tmp_path: Path):
    file = tmp_path / "footfall.toml"
    file.write_text(
        'data = "x"\ncaps = { page = 3 }\n[[site]]\ndomain = "example.com"\n'
        'timezone = "Europe/Paris"\ngoals = [{ name = "a", event = "a" }]\n'
    )
    assert differing(load(file, {}, {}), load(file, {}, {})) == []
