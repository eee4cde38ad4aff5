"""What the metrics of an answer mean, in words."""

from queries.catalogue import DAY, HOUR, Attribute, Kind
from queries.filters import Filter, attributes_of
from queries.plan import Plan

_OF_THE_HOUR = "distinct visitors of the hour"
_FIRST_IN_HOUR = "distinct visitors of the day, in the hour in which they were first there"
_FIRST_IN_HOURS = (
    "distinct visitors of each day, added up; who was there on that day before these hours is not "
    "among them"
)
_OF_THE_DAY = "distinct visitors of the day"
_OF_THE_DAYS = "distinct visitors of each day, added up: who comes on two days counts twice"
_ADDED_UP = "; added up over the values that the filter lets in: who has two of them counts twice"


def define(plan: Plan) -> dict[str, str]:
    """Return a definition for each metric of the plan."""
    definitions = {metric.name: metric.formulas[plan.kind].says for metric in plan.query.metrics}
    summed = _summed(plan)
    if "visitors" in definitions:
        definitions["visitors"] = _visitors(plan) + (_ADDED_UP if summed else "")
    # A visit has one value of every visit: dimension, so only others count it twice.
    if "visits" in definitions and any(each.kind is not Kind.VISIT for each in summed):
        definitions["visits"] += _ADDED_UP
    return definitions


def _visitors(plan: Plan) -> str:
    query = plan.query
    if query.grain == HOUR:
        return _OF_THE_HOUR if plan.visitors == "hour_visitors" else _FIRST_IN_HOUR
    if query.period.hours:
        return _FIRST_IN_HOURS
    return _OF_THE_DAY if query.grain == DAY or query.period.days == 1 else _OF_THE_DAYS


def _summed(plan: Plan) -> list[Attribute]:
    """Return the attributes of which each row adds up several values that the filters let in."""
    query = plan.query
    single = [each.attribute for each in query.filters if isinstance(each, Filter) and each.single]
    fixed = (*single, *query.dimensions)
    return [each for each in attributes_of(query.filters) if each not in fixed]
