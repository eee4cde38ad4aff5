"""Records as SQL: where they are, which of them, and what to call their groups.

Identifiers are our own; everything from outside, the time zone too, is a bound parameter.
"""

from datetime import timedelta

from ingest.store.calendar import midnight
from ingest.store.tables import CROSSTABS
from queries.catalogue import DAY, HOUR, MONTH, WEEK, Attribute, Dimension
from queries.filters import Filter, Operator
from queries.records import Records
from queries.request import Query

_DATES = {
    DAY: "toString({day})",
    WEEK: "toString(toMonday({day}))",
    MONTH: "toString(toStartOfMonth({day}))",
}
_CONDITIONS = {
    Operator.IS: "{column} IN {values}",
    Operator.IS_NOT: "{column} NOT IN {values}",
    Operator.CONTAINS: "multiSearchAny({column}, {values})",
}


class Parameters:
    """The values of one statement, by the names that they are bound to."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def bind(self, name: str, kind: str, value: object) -> str:
        """Return the placeholder for `value`; a second value of that name gets a number."""
        bound, count = name, 1
        while self.values.setdefault(bound, value) != value:
            count += 1
            bound = f"{name}_{count}"
        return f"{{{bound}:{kind}}}"


def label(dimension: Dimension, records: Records, query: Query, parameters: Parameters) -> str:
    """Return the text by which rows of `records` are grouped.

    Hours are written as the site's clock shows them (`2026-11-23 14:00:00`), so the two that it
    shows twice in autumn are one; days, weeks (by their Monday) and months (by their first day) as
    dates.
    """
    if isinstance(dimension, Attribute):
        return _column(dimension, records)
    if dimension in _DATES and records.table is CROSSTABS:
        return _DATES[dimension].format(day="day")
    zone = parameters.bind("zone", "String", query.site.timezone.key)
    if dimension == HOUR:
        return f"toString(hour, {zone})"
    return _DATES[dimension].format(day=f"toDate(hour, {zone})")


def condition(records: Records, query: Query, parameters: Parameters) -> str:
    """Return the condition for `records` of the query's site and days that their filters let in."""
    return "\n    AND ".join(
        [
            f"site = {parameters.bind('site', 'String', query.site.domain)}",
            *_which(records, parameters),
            *_when(records, query, parameters),
            *(_lets_in(each, records, parameters) for each in records.filters),
        ]
    )


def _column(attribute: Attribute, records: Records) -> str:
    if records.table is CROSSTABS:
        return ("value_a", "value_b")[records.attributes.index(attribute)]
    return "value"


def _which(records: Records, parameters: Parameters) -> list[str]:
    names = [each.stored for each in records.attributes]
    if records.table is CROSSTABS:
        columns = zip(("dimension_a", "dimension_b"), names, strict=True)
        return [f"{column} = {parameters.bind(column, 'String', name)}" for column, name in columns]
    return [f"dimension = {parameters.bind('dimension', 'String', ''.join(names))}"]


def _when(records: Records, query: Query, parameters: Parameters) -> list[str]:
    first, last = query.period
    if records.table is CROSSTABS:
        return [
            f"day >= {parameters.bind('first', 'Date', first)}",
            f"day <= {parameters.bind('last', 'Date', last)}",
        ]
    zone = query.site.timezone
    since, until = midnight(zone, first), midnight(zone, last + timedelta(days=1))
    return [
        f"hour >= toDateTime({parameters.bind('since', 'Int64', since)}, 'UTC')",
        f"hour < toDateTime({parameters.bind('until', 'Int64', until)}, 'UTC')",
    ]


def _lets_in(one: Filter, records: Records, parameters: Parameters) -> str:
    values = parameters.bind("values", "Array(String)", list(one.values))
    return _CONDITIONS[one.operator].format(column=_column(one.attribute, records), values=values)
