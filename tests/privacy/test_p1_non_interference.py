"""P1: the same traffic with other identities leaves the same rows and the same answers."""

import re
from collections import Counter
from random import Random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.collection import open_places
from ingest.pipeline import Pipeline
from ingest.prove.command import prove_worlds
from ingest.prove.interference import World, differences
from ingest.prove.people import draw_identities, draw_people
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import PROFILES, Geo, Settings, Site, load
from ingest.visit.keys import Keyring

PROXIES = Proxies(["127.0.0.1/32"])
SITE = Site("example.com", k=2)
BEGIN = 1_795_000_000


@pytest.fixture(scope="module")
def places():
    places = open_places(Geo())
    yield places
    places.close()


def test_a_server_is_left_the_same_and_tells_crowds_only(tmp_path):
    said = []
    settings = load(None, {}, {"site": ["example.com"]})
    holds = prove_worlds(settings, ["--site", "example.com"], tmp_path, said.append)
    assert holds, "\n".join(said)
    looked_at = [re.findall(r"\d+", line) for line in said if "looked at" in line]
    [[rows, _, answers], [cells, _]] = looked_at
    assert said.count("    found: nothing") == 2
    assert (int(rows) > 500, int(answers) > 70, int(cells) > 50) == (True, True, True)


def test_what_differs_is_named():
    one = World({"traffic": {("a",): (1,), ("b",): (2,)}, "crosstabs": {}}, {"the totals": 1})
    other = World(
        {"traffic": {("a",): (1,), ("b",): (3,)}, "crosstabs": {("c",): (5,)}}, {"the totals": 2}
    )
    assert set(differences(one, other)) == {
        "traffic ('b',)",
        "crosstabs ('c',)",
        "answer to the totals",
    }
    assert differences(one, one) == []


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
