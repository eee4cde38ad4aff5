import gzip

import pytest

from ingest.beacon import script

SCRIPTS = [script.core, script.auto]


def test_the_script_is_under_a_kilobyte_as_it_travels():
    assert len(gzip.compress(script.core(), compresslevel=9)) < 1024


def test_with_all_that_is_automatic_it_is_under_two():
    assert len(gzip.compress(script.auto(), compresslevel=9)) < 2048


def test_what_is_automatic_stands_behind_the_same_script():
    assert script.auto().startswith(script.core())


@pytest.mark.parametrize("load", SCRIPTS)
def test_comments_are_not_served(load):
    assert b"/*" not in load()
    assert b"//" not in load()


@pytest.mark.parametrize("load", SCRIPTS)
def test_the_script_is_made_once(load):
    assert load() is load()
