"""Records as SQL: where they are, which of them, and what to call their groups.

Identifiers are our own; everything from outside, the time zone too, is a bound parameter.
"""

from collections import defaultdict
from zoneinfo import ZoneInfo

from ingest.store.tables import Table
from queries.catalogue import DAY, HOUR, MONTH, WEEK, Attribute, Dimension, Grain, Owner
from queries.countries import COUNTRIES
from queries.filters import Condition, Filter, Junction, Negation, Operator
from queries.records import Records
from queries.request import Query

_DATES = {
    DAY: "toString({day})",
    WEEK: "toString(toMonday({day}))",
    MONTH: "toString(toStartOfMonth({day}))",
}
_COMPARISONS = {
    Operator.IS: "{column} IN {values}",
    Operator.IS_NOT: "{column} NOT IN {values}",
    Operator.CONTAINS: "multiSearchAny({column}, {values})",
    Operator.CONTAINS_NOT: "NOT multiSearchAny({column}, {values})",
    Operator.MATCHES: "arrayExists(pattern -> match({column}, pattern), {values})",
    Operator.MATCHES_NOT: "NOT arrayExists(pattern -> match({column}, pattern), {values})",
}
_WHATEVER_THE_CASE = {
    Operator.IS: (Operator.MATCHES, r"\A{}\z"),
    Operator.IS_NOT: (Operator.MATCHES_NOT, r"\A{}\z"),
    Operator.CONTAINS: (Operator.MATCHES, "{}"),
    Operator.CONTAINS_NOT: (Operator.MATCHES_NOT, "{}"),
}
"""Operators, and the patterns by which they compare quoted values."""


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
    """Return the text by which rows of `records` are grouped."""
    if isinstance(dimension, Attribute):
        return _column(dimension, records, parameters)
    if isinstance(dimension, Owner):
        return "toString(site)"
    return step(dimension, records.table(query), query, parameters)


def step(grain: Grain, table: Table, query: Query, parameters: Parameters) -> str:
    """Return the step of time that a row of `table` is in.

    Hours are written as the site's clock shows them (`2026-11-23 14:00:00`), so the two that it
    shows twice in autumn are one; days, weeks (by their Monday) and months (by their first day) as
    dates.
    """
    if table.time == "day":
        return _DATES[grain].format(day="day")
    named = [
        (in_sites(domains, parameters), _shown(grain, zone, parameters))
        for zone, domains in _zones(query).items()
    ]
    *branches, (_, last) = named
    if not branches:
        return last
    return f"multiIf({', '.join(f'{test}, {text}' for test, text in branches)}, {last})"


def _shown(grain: Grain, zone: ZoneInfo, parameters: Parameters) -> str:
    name = parameters.bind("zone", "String", zone.key)
    if grain == HOUR:
        return f"toString(hour, {name})"
    return _DATES[grain].format(day=f"toDate(hour, {name})")


def condition(records: Records, query: Query, parameters: Parameters) -> str:
    """Return the condition for `records` of the query's sites and days that their filters let in."""
    return "\n    AND ".join(
        [
            in_sites([site.domain for site in query.sites], parameters),
            *_which(records, parameters),
            *when(records.table(query), query, parameters),
            *(_lets_in(each, records, parameters) for each in records.filters),
        ]
    )


def _column(attribute: Attribute, records: Records, parameters: Parameters) -> str:
    column = "value"
    if len(records.attributes) > 1:
        column = ("value_a", "value_b")[records.attributes.index(attribute)]
    if not attribute.in_words:
        return column
    codes = parameters.bind("codes", "Array(String)", list(COUNTRIES))
    names = parameters.bind("names", "Array(String)", list(COUNTRIES.values()))
    return f"transform({column}, {codes}, {names}, {column})"


def _which(records: Records, parameters: Parameters) -> list[str]:
    names = [each.stored for each in records.attributes]
    if len(records.attributes) > 1:
        columns = zip(("dimension_a", "dimension_b"), names, strict=True)
        return [f"{column} = {parameters.bind(column, 'String', name)}" for column, name in columns]
    return [f"dimension = {parameters.bind('dimension', 'String', ''.join(names))}"]


def when(table: Table, query: Query, parameters: Parameters) -> list[str]:
    """Return the conditions on time; a site's days begin by its own clock."""
    if table.time == "day":
        return [
            f"day >= {parameters.bind('first', 'Date', query.period.first)}",
            f"day <= {parameters.bind('last', 'Date', query.period.last)}",
        ]
    zones = _zones(query)
    if len(zones) == 1 or query.period.hours:
        return list(_hours(query, query.zone, parameters))
    named = (
        (in_sites(domains, parameters), *_hours(query, zone, parameters))
        for zone, domains in zones.items()
    )
    return ["(" + "\n      OR ".join(f"({' AND '.join(each)})" for each in named) + ")"]


def _hours(query: Query, zone: ZoneInfo, parameters: Parameters) -> tuple[str, str]:
    since, until = query.period.bounds(zone)
    return (
        f"hour >= toDateTime({parameters.bind('since', 'Int64', since)}, 'UTC')",
        f"hour < toDateTime({parameters.bind('until', 'Int64', until)}, 'UTC')",
    )


def _zones(query: Query) -> dict[ZoneInfo, list[str]]:
    """Return the domains of the query's sites by time zone."""
    zones = defaultdict(list)
    for site in query.sites:
        zones[site.timezone].append(site.domain)
    return zones


def in_sites(domains: list[str], parameters: Parameters) -> str:
    """Return the condition that a record is one of these sites'."""
    if len(domains) == 1:
        return f"site = {parameters.bind('site', 'String', domains[0])}"
    return f"site IN {parameters.bind('sites', 'Array(String)', domains)}"


def _lets_in(one: Condition, records: Records, parameters: Parameters) -> str:
    match one:
        case Filter():
            return _compares(one, records, parameters)
        case Junction(word, parts):
            inner = (_lets_in(part, records, parameters) for part in parts)
            return f"({f' {word.upper()} '.join(inner)})"
        case Negation(part):
            return f"NOT ({_lets_in(part, records, parameters)})"


def _compares(one: Filter, records: Records, parameters: Parameters) -> str:
    """Compare whatever the case by patterns: not every ClickHouse knows the case of all letters."""
    operator, values = one.operator, list(one.values)
    if not one.case_sensitive:
        if operator in _WHATEVER_THE_CASE:
            operator, pattern = _WHATEVER_THE_CASE[operator]
            values = [pattern.format(_quoted(value)) for value in values]
        values = [f"(?i){value}" for value in values]
    bound = parameters.bind("values", "Array(String)", values)
    return _COMPARISONS[operator].format(
        column=_column(one.attribute, records, parameters), values=bound
    )


def _quoted(text: str) -> str:
    """Return the RE2 pattern of a text as it is."""
    return "\\Q" + text.replace("\\E", r"\E\\E\Q") + "\\E"
