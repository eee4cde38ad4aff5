from datetime import date

from ingest.settings import Site
from ingest.visit.keys import KEY_BYTES, Keyring

SITE, OTHER = Site("example.com"), Site("other.example")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_each_site_and_day_has_a_random_key_of_its_own():
    keys = Keyring()
    made = [keys.key(site, day) for site in (SITE, OTHER) for day in (MONDAY, TUESDAY)]
    assert len(set(made)) == 4
    assert {len(key) for key in made} == {KEY_BYTES}
    assert KEY_BYTES >= 16
    assert keys.key(SITE, MONDAY) == made[0]
    assert Keyring().key(SITE, MONDAY) not in made


def test_the_key_of_the_day_before_is_never_made_for_it():
    keys = Keyring()
    assert keys.key_before(SITE, TUESDAY) is None
    monday = keys.key(SITE, MONDAY)
    assert keys.key_before(SITE, TUESDAY) == monday
    assert keys.key_before(OTHER, TUESDAY) is None


def test_a_key_forgotten_does_not_come_back():
    keys = Keyring()
    monday = keys.key(SITE, MONDAY)
    keys.forget(SITE, MONDAY)
    keys.forget(SITE, MONDAY)
    assert keys.key_before(SITE, TUESDAY) is None
    assert keys.key(SITE, MONDAY) != monday


def test_new_keys_are_told_once_and_all_can_be_carried_over():
    keys = Keyring()
    made = {keys.key(SITE, MONDAY), keys.key(OTHER, MONDAY)}
    assert {key for *_, key in keys.take_new()} == made
    assert keys.key(SITE, MONDAY) in made
    assert keys.take_new() == []
    after = Keyring()
    after.add(keys.all())
    assert {after.key(SITE, MONDAY), after.key(OTHER, MONDAY)} == made
    assert after.take_new() == []


def test_keys_of_days_that_are_over_are_forgotten():
    keys = Keyring()
    for site in (SITE, OTHER):
        for day in (MONDAY, TUESDAY):
            keys.key(site, day)
    tuesday = TUESDAY.toordinal()
    assert keys.forget_if(lambda domain, day: domain == SITE.domain and day < tuesday)
    assert not keys.forget_if(lambda domain, day: domain == SITE.domain and day < tuesday)
    assert keys.key_before(SITE, TUESDAY) is None
    assert keys.key_before(OTHER, TUESDAY) is not None
    assert len(keys.all()) == 3
