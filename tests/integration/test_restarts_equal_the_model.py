"""R1, R2: groups that fail and processes that die leave what the model says, and nothing else."""

from collections import Counter

import pytest
from exact_model import Model
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import SITES, streams
from test_r5_exact_model import add_up, crosstab_key, nonzero, traffic_key

from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.pipeline import Arrival, Pipeline
from ingest.settings import Settings
from ingest.visit.handover import Handover
from ingest.visit.keys import Keyring

FATES = ("kept", "kept", "kept", "refused", "killed before", "killed after", "restarted", "renewed")


class Process:
    """A pipeline with its handover file, and the parts that its spool has."""

    def __init__(self, path, places):
        self.path = path
        self.places = places
        self.parts = 0
        self.handover = None
        self.traffic, self.crosstabs, self.counted = Counter(), Counter(), []
        self.start()

    def start(self):
        if self.handover and self.handover._writer:
            self.handover._writer.end()  # its file stays, and is nobody's
        self.pipeline = Pipeline(Settings(sites=SITES), self.places, Keyring())
        self.handover = Handover(self.path)
        frames = self.handover.left()
        if frames:
            self.pipeline.remember(frames, self.parts)
        self.handover.begin(self.pipeline.freeze)

    def live(self, group, fate, releases):
        arrivals = [Arrival(one.hit.site, one.hit.time, one.hit) for one in group]
        assert self.handover.note(self.pipeline.note(self.parts + 1, arrivals, releases))
        records, _ = self.pipeline.fold(arrivals, releases)
        if fate == "refused":
            self.handover.take_back()
            self.pipeline.remember(self.handover.frames(), None)
            self.handover.begin(self.pipeline.freeze)
        elif fate != "killed before":
            self.keep(group, records)
        if fate.startswith("killed"):
            self.start()
        elif fate == "restarted":
            self.handover.begin(self.pipeline.freeze)
            self.start()
        elif fate == "renewed" or self.handover._writer:  # some groups later, if at all
            self.handover.renew(self.pipeline.freeze)
        self.pipeline.sweep(group[-1].hit.time)

    def keep(self, group, records):
        self.parts += 1
        self.counted += group
        add_up(self.traffic, records.columns["traffic"], 4, traffic_key)
        add_up(self.crosstabs, records.columns["crosstabs"], 6, crosstab_key)


@pytest.fixture(scope="module")
def places():
    opened = Places(bundled_country(), bundled_provider())
    yield opened
    opened.close()


@settings(max_examples=150, deadline=None)
@given(
    sent=streams(),
    sizes=st.lists(st.integers(1, 5), min_size=30, max_size=30),
    fates=st.lists(st.sampled_from(FATES), min_size=30, max_size=30),
    releases=st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_what_is_acknowledged_counts_once(tmp_path_factory, places, sent, sizes, fates, releases):
    process = Process(tmp_path_factory.mktemp("handover") / "file", places)
    waiting = sent
    for size, fate, is_release in zip(sizes, fates, releases, strict=True):
        group, waiting = waiting[:size], waiting[size:]
        if group:
            process.live(group, fate, is_release)
    records, _ = process.pipeline.fold(())
    process.keep((), records)
    model = Model(process.counted)
    assert nonzero(process.traffic) == model.traffic
    assert nonzero(process.crosstabs) == model.crosstabs
