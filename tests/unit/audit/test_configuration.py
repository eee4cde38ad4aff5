import pytest

from ingest.audit.configuration import exemption, promises
from ingest.audit.finding import State
from ingest.settings import Settings, Site

SITE = Site("example.com")


def states(findings):
    return {finding.criterion: finding.state for finding in findings}


def failed(findings):
    return {name for name, state in states(findings).items() if state is State.FAILED}


@pytest.mark.parametrize("profile", ["standard", "exempt"])
def test_the_defaults_fail_nothing(profile):
    settings = Settings(profile=profile, sites=(SITE,))
    assert failed(promises(settings)) == failed(exemption(settings)) == set()


def test_the_exempt_profile_meets_every_criterion():
    settings = Settings(profile="exempt", sites=(SITE,))
    assert set(states(exemption(settings)).values()) == {State.PASSED}


def test_what_the_standard_profile_does_not_promise_is_open():
    found = states(exemption(Settings(sites=(SITE,))))
    assert [name for name, state in found.items() if state is State.OPEN] == [
        "an address loses two bytes before it is used",
        "values of campaigns are not kept",
        "a page meets one other dimension, and nothing else meets",
        "what two dimensions share is rounded to tens",
    ]


@pytest.mark.parametrize(
    ("changed", "criterion"),
    [
        ({"opt_out_signals": "ignore"}, "opt-out signals are honored"),
        ({"opt_out_signals": "totals"}, "opt-out signals are honored"),
        ({"sites": (Site("a.example", k=1),)}, "two dimensions are told of crowds only"),
        ({"trusted_proxies": ("10.0.0.0/8", "0.0.0.0/0")}, "only named proxies are believed"),
        ({"trusted_proxies": ("::/0",)}, "only named proxies are believed"),
        ({"store": "http://u:p@db.example/x"}, "records travel encrypted"),
    ],
)
def test_a_setting_that_breaks_a_promise_fails(changed, criterion):
    assert failed(promises(Settings(**({"sites": (SITE,)} | changed)))) == {criterion}


@pytest.mark.parametrize("store", ["chdb", "http://u:p@localhost/x", "https://u:p@db.example/x"])
def test_a_store_near_by_or_encrypted_passes(store):
    assert failed(promises(Settings(store=store, sites=(SITE,)))) == set()


@pytest.mark.parametrize(
    ("changed", "criterion"),
    [
        ({"count_by": "address"}, "visitors are told apart without the whole address"),
        ({"opt_out_signals": "totals"}, "a visitor can object"),
        ({"sites": (Site("a.example", k=3),)}, "what two dimensions share is rounded to tens"),
    ],
)
def test_a_setting_that_undoes_the_exempt_profile_fails(changed, criterion):
    settings = Settings(**({"profile": "exempt", "sites": (SITE,)} | changed))
    assert failed(exemption(settings)) == {criterion}
