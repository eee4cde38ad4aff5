"""P1: the same traffic with other identities leaves the same rows and the same answers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.app import open_places
from ingest.pipeline import Pipeline
from ingest.prove.interference import differences, draw_script, play
from ingest.prove.people import draw_identities, draw_people
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import PROFILES, Geo, Settings, Site
from ingest.visit.keys import Keyring
from tests.privacy.installations import copy_of

PROXIES = Proxies(["127.0.0.1/32"])
SITE = Site("example.com", k=2)
BEGIN = 1_795_000_000


@pytest.fixture(scope="module")
def places():
    places = open_places(Geo())
    yield places
    places.close()


def test_a_server_is_left_the_same(tmp_path):
    with copy_of(tmp_path / "settings") as copy:
        script = draw_script(copy.settings, Random(7))

    def run(number):
        with copy_of(tmp_path / str(number)) as copy:
            return play(copy, script, Random(number))

    with ThreadPoolExecutor() as pool:
        one, other = pool.map(run, (1, 2))
    assert differences(one, other) == []
    assert len(one.rows["traffic"]) > 500
    assert len(one.rows["crosstabs"]) > 50
    assert len(one.answers) > 70
    assert all("results" in answer for name, answer in one.answers.items() if name[:4] == "even")


def records(identities, steps, places, profile):
    """What a stream of hits adds to each record, by way of bytes and headers."""
    pipeline = Pipeline(Settings(profile=profile, sites=(SITE,)), places, Keyring())
    added, now = Counter(), BEGIN
    for visitor, page, wait in steps:
        now += wait
        one = identities[visitor]
        event = {
            "n": "pageview",
            "d": "example.com",
            "u": f"https://example.com/{page}?{one.token}",
        }
        event["r"] = f"https://news.example/{one.token}"
        headers = [(name.encode(), value.encode()) for name, value in one.headers.items()]
        raw = read_event(orjson.dumps(event), read_sender(headers, "127.0.0.1", PROXIES))
        found, dropped = pipeline.fold(pipeline.anonymize(raw, now))
        assert dropped == [None]
        for table, columns in found.columns.items():
            for (*key,) in zip(*columns, strict=True):
                added[table, tuple(key)] += 1
        pipeline.sweep(now)
    return added


@pytest.mark.parametrize("profile", list(PROFILES))
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.sampled_from([0, 60, 3000, 50_000])),
        min_size=1,
        max_size=12,
    ),
    seeds=st.lists(st.integers(0, 99), min_size=3, max_size=3, unique=True),
)
@settings(max_examples=25)
def test_every_step_up_to_the_disk_is_left_the_same(places, profile, steps, seeds):
    people = draw_people(Random(seeds[0]), 4)
    worlds = [
        records(
            draw_identities(Random(seed), people, places, PROFILES[profile]),
            steps,
            places,
            profile,
        )
        for seed in seeds[1:]
    ]
    assert worlds[0] == worlds[1]


def test_identities_drawn_anew_have_nothing_in_common(places):
    people = draw_people(Random(1), 50)
    drawn = [draw_identities(Random(seed), people, places, PROFILES["standard"]) for seed in (1, 2)]
    for one, other in zip(*drawn, strict=True):
        assert not set(one) & set(other)
    networks = [{one.address.rpartition(".")[0] for one in identities} for identities in drawn]
    assert len(networks[0] - networks[1]) > 25
