from pathlib import Path

import pytest

from ingest.beacon.opt_out import SWITCH, opt_out_page, policy
from ingest.settings import Settings, Site

SITES = (Site(domain="example.com"), Site(domain="small.example", k=7, retention_days=30))


def text_of(host: str = "stats.example.com", **settings) -> str:
    page = opt_out_page(Settings(**{"sites": SITES} | settings), host)
    return " ".join(page.decode().split())


def test_the_page_tells_how_this_server_is_set():
    assert "the last of its four numbers is cut off" in text_of()
    assert "the last two of its four numbers are cut off" in text_of(profile="exempt")
    assert "that shortened address, the name of your browser" in text_of()
    assert "made of your address, the name of your browser" in text_of(count_by="address")
    assert "only once 5 visitors of a day share them" in text_of()
    assert "are kept as well." in text_of(sites=(Site(domain="example.com", k=1),))
    assert "deleted after 25 months" in text_of()
    assert "deleted after 30 days" in text_of(sites=SITES[1:])


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("drop", "Nothing of your visit is counted then"),
        ("totals", "adds to the totals of the website at most"),
        ("ignore", "This server does not heed “Do Not Track”"),
    ],
)
def test_the_page_tells_what_a_signal_does(setting: str, told: str):
    assert told in text_of(opt_out_signals=setting)


@pytest.mark.parametrize("host", ["example.com", "www.example.com", "small.example"])
def test_at_a_counted_website_the_page_has_the_switch(host: str):
    page = opt_out_page(Settings(sites=SITES), host).decode()
    assert SWITCH in page
    assert f"For {host}, this is the switch" in page


@pytest.mark.parametrize("host", ["stats.example.com", "127.0.0.1", "", "<b>"])
def test_elsewhere_the_switch_would_do_nothing_and_is_only_quoted(host: str):
    page = opt_out_page(Settings(sites=SITES), host).decode()
    assert SWITCH not in page
    assert "&lt;button id=" in page


def test_the_readme_has_the_same_switch():
    assert SWITCH in (Path(__file__).parents[3] / "README.md").read_text()


def test_the_page_names_no_website_that_is_counted():
    assert "small.example" not in text_of()


def test_the_policy_lets_run_only_what_is_known():
    assert "unsafe" not in policy()
    assert policy().startswith("default-src 'none'; ")
