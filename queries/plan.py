"""How a query is answered: from which records, or why it cannot be."""

from typing import NamedTuple

from ingest.settings import PROFILES, Profile
from ingest.store.dimensions import Pairs, crossed_with
from queries.catalogue import (
    AUDIENCE,
    BASE,
    HOUR,
    TIME,
    Attribute,
    Grain,
    Kind,
    Metric,
    attribute,
    metrics_of,
)
from queries.filters import Condition, attributes_of
from queries.problem import ProblemError, impossible
from queries.records import Records
from queries.reference import Reference, refer
from queries.request import Query

_HAVE_HOURS = (Kind.TOTALS, Kind.VISIT)
"""Records that tell the visitors of an hour."""


class Plan(NamedTuple):
    """A query that can be answered, and the records that answer it."""

    query: Query
    records: Records
    kind: Kind
    """What their counters speak of."""
    visitors: str
    """The counter that holds the visitors of a row."""
    everyone: Records
    """All visitors of the query."""
    base: Records
    """The visitors of a row, the event, goal or property aside."""
    audience: Records
    """All visitors of the query, the event, goal or property aside."""
    reference: Reference | None
    """What tells how much is withheld."""
    step: int = 1
    """To a multiple of which the counts of two attributes are rounded."""


def choose(query: Query, profile: Profile = PROFILES["standard"]) -> Plan:
    """Return how to answer `query`, or raise a 422 that says what would work.

    One attribute is answered from `traffic`, which is exact; two from `crosstabs`, which holds
    the profile's pairs, by day, as far as k visitors share them.
    """
    attributes = _stored_order(query.attributes, profile.pairs)
    _check_time(query, attributes)
    records = Records(attributes, query.filters)
    kind = _kind(attributes)
    for metric in query.metrics:
        _check_metric(metric, kind)
        _check_base(metric.formulas[kind].per, query.filters)
    return Plan(
        query=query,
        records=records,
        kind=kind,
        visitors="hour_visitors" if query.grain == HOUR and kind in _HAVE_HOURS else "visitors",
        everyone=_keep(records, set(attributes_of(query.filters))),
        base=_keep(records, {each for each in attributes if each.kind is not Kind.ACT}),
        audience=_keep(
            records, {each for each in attributes_of(query.filters) if each.kind is not Kind.ACT}
        ),
        reference=refer(records),
        step=profile.step,
    )


def _kind(attributes: tuple[Attribute, ...]) -> Kind:
    if not attributes:
        return Kind.TOTALS
    return next((each.kind for each in attributes if each.kind is not Kind.VISIT), Kind.VISIT)


def _stored_order(attributes: tuple[Attribute, ...], pairs: Pairs) -> tuple[Attribute, ...]:
    if len(attributes) < 2:  # noqa: PLR2004
        return attributes
    if len(attributes) > 2:  # noqa: PLR2004
        raise impossible(
            "dimensions",
            "at most two attributes meet, those of filters included, like event:page and "
            f"visit:source; the query has {', '.join(each.name for each in attributes)}",
        )
    for pair in (attributes, attributes[::-1]):
        if tuple(each.stored for each in pair) in pairs:
            return pair
    raise _no_such_pair(attributes, pairs)


def _no_such_pair(attributes: tuple[Attribute, ...], pairs: Pairs) -> ProblemError:
    possible = {each.name: _meets(each, pairs) for each in attributes}
    told = (
        f"{name} meets {', '.join(others) or 'no other attribute'}"
        for name, others in possible.items()
    )
    return impossible(
        "dimensions", f"these two attributes do not meet: {'; '.join(told)}", possible=possible
    )


def _meets(one: Attribute, pairs: Pairs) -> list[str]:
    others = (attribute(name) for name in crossed_with(one.stored, pairs))
    return [each.name for each in others if each]


def _check_time(query: Query, attributes: tuple[Attribute, ...]) -> None:
    if sum(isinstance(each, Grain) for each in query.dimensions) > 1:
        raise impossible("dimensions", f"one time dimension at most; {TIME} picks a fitting one")
    if query.grain == HOUR and len(attributes) > 1:
        raise impossible(
            "dimensions", "two attributes meet by day, not by hour; take time:day, or one attribute"
        )
    if query.period.hours and len(attributes) > 1:
        raise impossible(
            "date_range", "two attributes meet by day; take full days, or one attribute"
        )
    check_hours(query, "date_range")


def check_hours(query: Query, place: str) -> None:
    """Refuse hours that are no longer kept; `place` is the field that asks for them."""
    if query.by_hour and query.attributes and query.period.first < query.hours_since:
        raise impossible(
            place,
            f"hours of {query.attributes[0].name} are kept since {query.hours_since} (the site's "
            "hours_days); for what was before, take full days and time:day, or no attribute, of "
            "which all hours are kept",
        )


def _check_metric(metric: Metric, kind: Kind) -> None:
    if kind in metric.formulas:
        return
    possible = metrics_of(kind)
    places = " and ".join(each.value for each in metric.formulas)
    raise impossible(
        "metrics",
        f"{metric.name} makes sense with {places}, as a dimension or filter; "
        f"what was asked for has {', '.join(possible)}",
        possible=list(possible),
    )


def _check_base(per: str, filters: tuple[Condition, ...]) -> None:
    """Refuse a rate among visitors that the filters do not tell from those they speak of."""
    for place, each in enumerate(filters):
        kinds = {found.kind for found in attributes_of([each])}
        if per in (AUDIENCE, BASE) and Kind.ACT in kinds and len(kinds) > 1:
            raise impossible(
                f"filters[{place}]",
                "a conversion rate compares with those who did not do it; put the event, goal or "
                "property into a filter of its own",
            )


def _keep(records: Records, attributes: set[Attribute]) -> Records:
    """Return the records of fewer attributes, with the filters on them."""
    return Records(
        tuple(each for each in records.attributes if each in attributes),
        tuple(each for each in records.filters if attributes_of([each]).keys() <= attributes),
    )
