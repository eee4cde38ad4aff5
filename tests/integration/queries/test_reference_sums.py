"""Where nothing is withheld (k = 1), both sums of a reference are equal on any stream of hits."""

from collections import Counter
from datetime import date, datetime

from exact_model import Model, Sent
from hypothesis import given, settings
from strategies import SITES, streams

from ingest.store.dimensions import PAIRS
from queries.catalogue import Attribute, attribute
from queries.filters import Filter, Operator
from queries.records import Records
from queries.reference import refer

OPEN = next(site for site in SITES if site.k == 1)
Sums = Counter[tuple[tuple[str, ...], tuple[str, ...], date, str]]
"""Counters by the dimensions of a record, its values and its day."""


def _sums(sent: list[Sent]) -> Sums:
    sums: Sums = Counter()
    model = Model(sent)
    for (site, hour, dimension, value, counter), amount in model.traffic.items():
        day = datetime.fromtimestamp(hour, OPEN.timezone).date()
        sums[(dimension,), (value,), day, counter] += amount * (site == OPEN.domain)
    for (site, day, *names, value_a, value_b, counter), amount in model.crosstabs.items():
        sums[tuple(names), (value_a, value_b), day, counter] += amount * (site == OPEN.domain)
    return sums


def _total(sums: Sums, records: Records, day: date, counter: str) -> int:
    names = tuple(each.stored for each in records.attributes)
    chosen = [(records.attributes.index(one.attribute), one.values) for one in records.filters]
    return sum(
        amount
        for (dimensions, values, when, what), amount in sums.items()
        if (dimensions, when, what) == (names, day, counter)
        and all(values[place] in lets_in for place, lets_in in chosen)
    )


def _asked(sums: Sums, pair: tuple[Attribute, ...]) -> list[Records]:
    """The pair, whole and chosen by one value of either side."""
    chosen = [Records(pair)]
    for one in pair:
        values = sorted({key[1][0] for key in sums if key[0] == (one.stored,)})
        chosen += [Records(pair, (Filter(Operator.IS, one, (value,)),)) for value in values[:2]]
    return chosen


@settings(max_examples=20, deadline=None)
@given(streams(most=12))
def test_both_sums_are_equal(sent: list[Sent]):
    sums = _sums(sent)
    days = {key[2] for key in sums}
    for names in PAIRS:
        for asked in _asked(sums, tuple(filter(None, map(attribute, names)))):
            reference = refer(asked)
            for day in days:
                whole = _total(sums, reference.whole, day, reference.counter)
                assert whole == _total(sums, reference.released, day, reference.counter), asked
