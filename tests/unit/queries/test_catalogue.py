import pytest

from ingest.store.dimensions import DIMENSIONS, PAIRS
from ingest.store.tables import ATTENTION, COUNTERS
from queries.catalogue import (
    ATTRIBUTES,
    AUDIENCE,
    BASE,
    EVERYONE,
    METRICS,
    Kind,
    attribute,
    metric,
    metrics_of,
)


def test_every_dimension_of_the_store_can_be_asked_for():
    stored = [each.stored for each in ATTRIBUTES if not each.in_words]
    assert stored == [dimension.name for dimension in DIMENSIONS]
    assert set(stored) == {each.stored for each in ATTRIBUTES}


@pytest.mark.parametrize(
    ("name", "stored", "kind"),
    [
        ("event:page", "page", Kind.PLACE),
        ("event:section", "section", Kind.PLACE),
        ("event:hostname", "hostname", Kind.PLACE),
        ("event:name", "event", Kind.ACT),
        ("event:goal", "goal", Kind.ACT),
        ("event:props:plan", "prop:plan", Kind.ACT),
        ("event:props:a:b c", "prop:a:b c", Kind.ACT),
        ("visit:source", "source", Kind.VISIT),
        ("visit:entry_page", "entry_page", Kind.VISIT),
        ("visit:provider", "provider", Kind.VISIT),
    ],
)
def test_an_attribute_has_plausibles_name_and_the_stores(name: str, stored: str, kind: Kind):
    found = attribute(name)
    assert found == (name, stored, kind, False)
    assert attribute(stored) == found


def test_places_have_plausibles_names_too():
    assert attribute("visit:city_name") is attribute("visit:city")
    assert attribute("visit:region_name") is attribute("visit:region")
    assert attribute("visit:country_name") == ("visit:country_name", "country", Kind.VISIT, True)


@pytest.mark.parametrize(
    "name", ["", "visit:page", "event:props:", "prop:", "event:props:" + "x" * 301, "time:day"]
)
def test_other_names_are_none(name: str):
    assert attribute(name) is None


def test_formulas_read_counters_that_exist():
    for each in METRICS:
        for formula in each.formulas.values():
            assert formula.counter in COUNTERS
            assert formula.per in (*COUNTERS, AUDIENCE, EVERYONE, BASE, "")
            assert formula.says


def test_metrics_make_sense_where_their_counters_are_kept():
    # ingest/store/tables.py: which counters are 0 on which dimensions
    empty = {
        Kind.TOTALS: {"entries", "exits"},
        Kind.VISIT: {"entries", "exits", *ATTENTION},
        Kind.PLACE: set(),
        Kind.ACT: {"entries", "exits", "bounces", "duration", *ATTENTION},
    }
    for each in METRICS:
        for kind, formula in each.formulas.items():
            assert not {formula.counter, formula.per} & empty[kind]


def test_a_metric_is_found_by_its_name():
    assert all(metric(each.name) is each for each in METRICS)
    assert metric("average_revenue") is None
    assert metrics_of(Kind.ACT) == (
        "visitors",
        "visits",
        "pageviews",
        "events",
        "conversion_rate",
        "group_conversion_rate",
        "percentage",
    )


def test_a_pair_has_at_most_one_attribute_that_is_not_visit_wide_and_has_it_first():
    # queries/reference.py reasons from this.
    kinds = {each.stored: each.kind for each in ATTRIBUTES}
    assert all(kinds[second] is Kind.VISIT for _, second in PAIRS)
