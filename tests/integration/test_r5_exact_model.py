"""R5: on random streams of hits, every counter of every cell equals the exact model's."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import zip_longest
from unittest.mock import patch

from exact_model import Model
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import SITES, streams

from ingest.fold.fold import fold
from ingest.fold.ledger import Ledger
from ingest.settings import Settings
from ingest.store.records import no_sums
from ingest.store.tables import COUNTERS, DAYS
from ingest.visit import counting
from ingest.visit.keys import Keyring
from ingest.visit.memory import Memory


def replay(sent, sizes, releases=()):
    """Send a stream through the real steps in groups; return both tables and the drops.

    `releases` tells of each group whether pairs are released with it.
    """
    memory = Memory(Settings(), Keyring())
    traffic, days, crosstabs, dropped = Counter(), Counter(), Counter(), 0
    waiting = list(sent)
    for size, is_release in zip_longest(sizes, releases, fillvalue=True):
        group, waiting = waiting[:size], waiting[size:]
        if not group:
            break
        ledger = Ledger()
        told = memory.visits.count([one.hit for one in group], ledger)
        dropped += sum(reason is not None for reason in told)
        released = memory.release() if is_release else no_sums()
        records = fold(ledger, released, memory.symbols)
        add_up(traffic, records.columns["traffic"], 4, traffic_key)
        add_up(days, records.columns["days"], 4, day_key, DAYS.counted)
        add_up(crosstabs, records.columns["crosstabs"], 6, crosstab_key)
        memory.visits.sweep(group[-1].hit.time)
    records = fold(Ledger(), memory.release(), memory.symbols)
    add_up(crosstabs, records.columns["crosstabs"], 6, crosstab_key)
    assert nonzero(days) == by_day(traffic)
    return nonzero(traffic), nonzero(crosstabs), dropped


def add_up(cells, columns, width, key, counters=COUNTERS):
    for row in zip(*columns, strict=True):
        for counter, amount in zip(counters, row[width:], strict=True):
            cells[(*key(row), counter)] += amount


def by_day(traffic):
    """Return the cells of `days` that speak of the same as those of `traffic`."""
    zones, cells = {site.domain: site.timezone for site in SITES}, Counter()
    for (site, hour, *what, counter), amount in traffic.items():
        if counter in DAYS.counted:
            day = datetime.fromtimestamp(hour, zones[site]).date()
            cells[site, day, *what, counter] += amount
    return nonzero(cells)


def traffic_key(row):
    site, dimension, hour, value = row[:4]
    return site, hour, dimension, value


def day_key(row):
    site, dimension, day, value = row[:4]
    return site, date(1970, 1, 1) + timedelta(days=day), dimension, value


def crosstab_key(row):
    site, a, b, day, value_a, value_b = row[:6]
    return site, date(1970, 1, 1) + timedelta(days=day), a, b, value_a, value_b


def nonzero(cells):
    return {key: amount for key, amount in cells.items() if amount}


@settings(max_examples=300, deadline=None)
@given(
    streams(),
    st.lists(st.integers(1, 7), min_size=30, max_size=30),
    st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_every_counter_equals_the_model(sent, sizes, releases):
    traffic, crosstabs, dropped = replay(sent, sizes, releases)
    model = Model(sent)
    assert traffic == model.traffic
    assert crosstabs == model.crosstabs
    assert dropped == model.dropped


@settings(max_examples=100, deadline=None)
@given(streams())
def test_how_hits_are_grouped_changes_nothing(sent):
    one_by_one, at_once = replay(sent, [1] * len(sent)), [len(sent)]
    assert replay(sent, at_once) == one_by_one
    with patch.object(counting, "_MANY", 2):  # as large groups are counted
        assert replay(sent, at_once) == one_by_one


@settings(max_examples=100, deadline=None)
@given(streams())
def test_r4_sums_agree_and_nothing_is_negative(sent):
    traffic, crosstabs, _ = replay(sent, [1] * len(sent))
    assert all(amount > 0 for amount in [*traffic.values(), *crosstabs.values()])
    visits = Counter()
    for (site, hour, dimension, _, counter), amount in traffic.items():
        if counter == "visits" and not dimension.startswith("prop:"):
            visits[site, hour, dimension] += amount
    for (site, hour, dimension), amount in visits.items():
        if dimension not in ("page", "section", "hostname", "event", "goal"):
            assert amount == visits[site, hour, ""]


def test_the_stream_reaches_the_crowd_rule():
    assert {site.k for site in SITES} == {1, 2, 3}
