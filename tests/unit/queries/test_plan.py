import pytest

from ingest.store.tables import CROSSTABS, DAYS, TRAFFIC
from queries.catalogue import DAY, HOUR, Attribute, Kind, attribute
from queries.compare import check_comparison
from queries.problem import ProblemError
from queries.records import Records
from tests.unit.queries.conftest import MakePlan

PAGE, GOAL, SOURCE = attribute("page"), attribute("goal"), attribute("source")
GOOGLE = ["is", "visit:source", ["Google"]]


def _refused(plan: MakePlan, *arguments: object, **more: object) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        plan(*arguments, **more)
    assert caught.value.status == 422
    return caught.value


@pytest.mark.parametrize(
    ("dimensions", "filters", "attributes", "kind"),
    [
        ([], [], (), Kind.TOTALS),
        (["time"], [], (), Kind.TOTALS),
        (["visit:source"], [], (SOURCE,), Kind.VISIT),
        (["source", "time"], [GOOGLE], (SOURCE,), Kind.VISIT),
        ([], [GOOGLE], (SOURCE,), Kind.VISIT),
        (["event:page"], [], (PAGE,), Kind.PLACE),
        (["event:page"], [GOOGLE], (PAGE, SOURCE), Kind.PLACE),
        (["visit:source", "event:page"], [], (PAGE, SOURCE), Kind.PLACE),
        (["goal"], [GOOGLE], (GOAL, SOURCE), Kind.ACT),
        (["os", "source"], [], (SOURCE, attribute("os")), Kind.VISIT),
        (["prop:plan"], [], (attribute("prop:plan"),), Kind.ACT),
    ],
)
def test_records_are_picked_by_the_attributes(
    plan: MakePlan,
    dimensions: list[str],
    filters: list[list[object]],
    attributes: tuple[Attribute, ...],
    kind: Kind,
):
    chosen = plan(dimensions=dimensions, filters=filters)
    assert chosen.records == (attributes, chosen.query.filters)
    assert chosen.records.table(chosen.query) is (CROSSTABS if len(attributes) > 1 else DAYS)
    assert chosen.kind is kind


@pytest.mark.parametrize(
    ("date_range", "dimensions"),
    [
        ("day", ["time:hour", "source"]),
        ("24h", ["page"]),
        ("realtime", []),
        (["2026-11-23T10:00:00", "2026-11-23T12:00:00"], ["time:day"]),
    ],
)
def test_only_hours_are_asked_of_the_records_by_hour(
    plan: MakePlan, date_range: object, dimensions: list[str]
):
    chosen = plan("visitors", date_range, dimensions=dimensions)
    assert chosen.records.table(chosen.query) is TRAFFIC


@pytest.mark.parametrize(
    ("dimensions", "counter"),
    [
        (["time:hour"], "hour_visitors"),
        (["time:hour", "source"], "hour_visitors"),
        (["time:hour", "page"], "visitors"),
        (["time:day"], "visitors"),
        ([], "visitors"),
    ],
)
def test_visitors_of_an_hour_have_a_counter(plan: MakePlan, dimensions: list[str], counter: str):
    assert plan(dimensions=dimensions).visitors == counter


def test_what_to_divide_by_keeps_the_filters_that_concern_it(plan: MakePlan):
    by_source = plan(dimensions=["source"], filters=[["is", "goal", ["Signup"]]])
    assert by_source.everyone == Records((GOAL,), by_source.query.filters)
    assert by_source.base == Records((SOURCE,))
    of_source = plan(dimensions=["goal"], filters=[GOOGLE])
    assert of_source.everyone == of_source.base == Records((SOURCE,), of_source.query.filters)
    assert plan(dimensions=["goal"]).base == Records(())


def test_three_attributes_do_not_meet(plan: MakePlan):
    problem = _refused(plan, dimensions=["page", "country"], filters=[GOOGLE])
    assert "at most two attributes" in problem.detail


def test_a_pair_that_is_not_kept_is_refused_with_those_that_are(plan: MakePlan):
    problem = _refused(plan, dimensions=["visit:city", "event:page"])
    assert problem.extras["possible"]["visit:city"] == []
    assert problem.extras["possible"]["event:page"][:2] == ["visit:channel", "visit:source"]
    assert "event:page meets visit:channel, visit:source" in problem.detail


def test_properties_meet_nothing(plan: MakePlan):
    problem = _refused(plan, dimensions=["event:props:plan"], filters=[GOOGLE])
    assert "event:props:plan meets no other attribute" in problem.detail


def test_pairs_have_no_hours(plan: MakePlan):
    assert "time:day" in _refused(plan, dimensions=["time:hour", "page", "source"]).detail


@pytest.mark.parametrize(
    ("date_range", "dimensions"),
    [
        (["2026-09-22", "2026-09-23"], ["time:hour", "source"]),
        (["2026-09-22T10:00:00", "2026-09-22T12:00:00"], ["page"]),
    ],
)
def test_hours_of_a_dimension_end_while_days_and_the_totals_go_on(
    plan: MakePlan, date_range: list[str], dimensions: list[str]
):
    detail = _refused(plan, date_range=date_range, dimensions=dimensions).detail
    assert "kept since 2026-09-23" in detail
    assert "time:day" in detail
    assert plan(date_range=date_range, dimensions=["time:hour"]).query.by_hour
    later = [each.replace("09-2", "10-2") for each in date_range]
    assert plan(date_range=later, dimensions=dimensions).query.by_hour


def test_time_means_days_where_hours_are_no_longer_kept(plan: MakePlan):
    for first, grain in (("2026-09-22", DAY), ("2026-09-23", HOUR)):
        chosen = plan(date_range=[first, "2026-09-23"], dimensions=["time", "source"])
        assert chosen.query.grain == grain


def test_hours_are_not_compared_with_those_that_are_no_longer_kept(plan: MakePlan):
    before = {"comparisons": {"mode": "year_over_year"}}
    with pytest.raises(ProblemError, match=r"^include\.comparisons: hours of event:page are kept"):
        check_comparison(plan(date_range="24h", dimensions=["page"], include=before))
    check_comparison(plan(date_range="24h", include=before))
    check_comparison(plan(date_range="7d", dimensions=["page"], include=before))


def test_one_time_dimension_at_most(plan: MakePlan):
    assert "one time dimension" in _refused(plan, dimensions=["time:day", "time:month"]).detail


@pytest.mark.parametrize(
    ("metrics", "dimensions"),
    [
        ("bounce_rate", ["event:goal"]),
        ("visit_duration", ["event:props:plan"]),
        ("scroll_depth", ["event:name", "visit:source"]),
        ("exits", ["visit:exit_page"]),
        ("exit_rate", []),
        ("entries", ["visit:source"]),
        ("time_on_page", ["visit:source"]),
        ("scroll_depth", ["visit:source"]),
        ("engagement", ["visit:source", "visit:country"]),
        ("conversion_rate", ["event:page"]),
        ("conversion_rate", []),
    ],
)
def test_a_metric_is_refused_where_it_makes_no_sense_with_those_that_do(
    plan: MakePlan, metrics: str, dimensions: list[str]
):
    problem = _refused(plan, f"visitors {metrics}", dimensions=dimensions)
    assert metrics in problem.detail
    assert metrics not in problem.extras["possible"]
    assert "visitors" in problem.extras["possible"]
