import pytest

from ingest.settings import Key, Site, secret_hash
from queries.keys import Keys
from queries.problem import ProblemError
from queries.rate import Bucket


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _key(secret: str) -> Key:
    return Key(name=secret, sha256=secret_hash(secret), sites=())


def _wait(take) -> int:
    """Return the seconds that a refusal tells to wait."""
    with pytest.raises(ProblemError) as caught:
        take()
    assert caught.value.status == 429
    return int(caught.value.headers["Retry-After"])


def _status(take) -> int:
    with pytest.raises(ProblemError) as caught:
        take()
    return caught.value.status


def test_a_minutes_requests_may_come_at_once_and_then_as_many_as_flow_back(clock: Clock):
    bucket = Bucket(30, clock)
    for _ in range(30):
        bucket.take()
    assert _wait(bucket.take) == 2
    clock.now = 1.9
    assert _wait(bucket.take) == 1
    clock.now = 2.1
    bucket.take()
    assert _wait(bucket.take) == 2


def test_who_waits_as_long_as_told_is_let_in(clock: Clock):
    bucket = Bucket(7, clock)
    for _ in range(7):
        bucket.take()
    clock.now += _wait(bucket.take)
    bucket.take()


def test_a_long_rest_fills_a_bucket_and_no_more(clock: Clock):
    bucket = Bucket(5, clock)
    clock.now = 10_000.0
    for _ in range(5):
        bucket.take()
    _wait(bucket.take)


def test_each_key_has_a_bucket_of_its_own(clock: Clock):
    keys = Keys([_key("a"), _key("b")], 1, clock)
    assert keys.admit("Bearer a").name == "a"
    _wait(lambda: keys.admit("Bearer a"))
    assert keys.admit("Bearer b").name == "b"


def test_what_is_no_key_shares_one_bucket_that_lets_keys_alone(clock: Clock):
    keys = Keys([_key("a")], 2, clock)
    for header in ("Bearer x", ""):
        assert _status(lambda header=header: keys.admit(header)) == 401
    for header in ("Bearer y", "Bearer x", "", "Basic z"):
        assert _status(lambda header=header: keys.admit(header)) == 429
    assert keys.admit("Bearer a").name == "a"
    clock.now = 60.0
    assert _status(lambda: keys.admit("Bearer y")) == 401


def test_replaced_keys_are_out_and_others_go_on_with_their_buckets(clock: Clock):
    keys = Keys([_key("a"), _key("b")], 1, clock)
    keys.admit("Bearer a")
    keys.replace([_key("a"), _key("c")])
    _wait(lambda: keys.admit("Bearer a"))
    assert _status(lambda: keys.admit("Bearer b")) == 401
    assert keys.admit("Bearer c").name == "c"


def test_all_without_a_key_share_one_bucket_that_lets_keys_alone(clock: Clock):
    keys = Keys([_key("a")], 2, clock, sites=[Site(domain="open.example", public=True)])
    assert [keys.admit("").name, keys.admit("Bearer ").name] == ["public", "public"]
    _wait(lambda: keys.admit(""))
    assert keys.admit("Bearer a").name == "a"
