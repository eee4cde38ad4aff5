import gzip

from ingest.beacon import script


def test_the_script_is_under_a_kilobyte_as_it_travels():
    assert len(gzip.compress(script.load(), compresslevel=9)) < 1024


def test_comments_are_not_served():
    assert b"/*" not in script.load()
    assert b"//" not in script.load()


def test_the_script_is_made_once():
    assert script.load() is script.load()
