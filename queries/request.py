"""The body of a request, parsed once into a Query.

The grammar is that of Plausible's Stats API v2 (https://plausible.io/docs/stats-api).
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ingest.settings import Site, site_name
from ingest.store.calendar import bucket
from queries.catalogue import (
    ATTRIBUTES,
    DAY,
    GRAINS,
    HOUR,
    METRICS,
    MONTH,
    PROPS_PREFIX,
    SITE,
    TIME,
    WEEK,
    Attribute,
    Dimension,
    Grain,
    Metric,
    attribute,
    metric,
)
from queries.filters import Condition, attributes_of, parse_filters
from queries.period import Period, parse_period
from queries.problem import ProblemError, impossible, malformed

_ROWS = 10_000
_SITES = 1_000
_DIRECTIONS = ("asc", "desc")
_GRAINS_UP_TO = ((HOUR, 48), (DAY, 40 * 24), (WEEK, 52 * 7 * 24))
"""The grains that `time` picks, and the hours of a period up to which each serves."""
ALL_SITES = "*"
_Column = TypeVar("_Column", Metric, Dimension)


class Pagination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the rows to answer with."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=_ROWS)] = _ROWS
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0


class Mode(StrEnum):
    """Which period to compare with."""

    PREVIOUS_PERIOD = "previous_period"
    YEAR_OVER_YEAR = "year_over_year"
    CUSTOM = "custom"


class Comparisons(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to compare with."""

    mode: Mode
    date_range: tuple[str, str] | None = None
    """For the custom mode."""
    match_day_of_week: bool = False
    """Move the period so that its days are of the same weekdays."""


class Include(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to answer besides."""

    imports: bool = False
    """Taken for clients of Plausible's API; there are no imported statistics."""
    total_rows: bool = False
    time_labels: bool = False
    fill: bool = False
    """Rows of zeros for the steps of the time dimension in which nothing was."""
    comparisons: Comparisons | None = None


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    site_id: str | Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=_SITES)]
    metrics: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    date_range: str | tuple[str, str]
    dimensions: tuple[str, ...] = ()
    filters: tuple[object, ...] = ()
    order_by: tuple[tuple[str, str], ...] = ()
    pagination: Pagination = Pagination()
    include: Include = Include()


class Order(NamedTuple):
    """A column to sort by."""

    column: Metric | Dimension
    descending: bool


class Query(NamedTuple):
    """What is asked, in our own words."""

    sites: tuple[Site, ...]
    metrics: tuple[Metric, ...]
    period: Period
    dimensions: tuple[Dimension, ...]
    filters: tuple[Condition, ...]
    """All of them hold."""
    order_by: tuple[Order, ...]
    """Ties are broken by the dimensions, ascending."""
    pagination: Pagination
    include: Include
    hours_since: date
    """The first day of which hours are kept of all but the totals."""
    compared_with: Period | None = None
    """The custom period to compare with."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its days; of several sites that of the first."""
        return self.sites[0].timezone

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The distinct attributes of its dimensions and filters, in that order."""
        return _distinct_attributes(self.dimensions, self.filters)

    @property
    def grain(self) -> Grain | None:
        """Its time dimension, if it has one."""
        return next((each for each in self.dimensions if isinstance(each, Grain)), None)

    @property
    def by_hour(self) -> bool:
        """Whether it tells hours of a day apart."""
        return self.grain == HOUR or self.period.hours is not None


OpenSites = Callable[[Sequence[str]], tuple[Site, ...]]
"""Finds sites by their domains, ALL_SITES among them, or refuses them."""


def parse(body: bytes, open_sites: OpenSites, now: float) -> Query:
    """Return the query in `body`, or raise a ProblemError that names the field.

    `now` is in seconds since 1970.
    """
    asked = _decode(body)
    named = [asked.site_id] if isinstance(asked.site_id, str) else asked.site_id
    sites = open_sites([each if each == ALL_SITES else site_name(each) for each in named])
    zone = sites[0].timezone
    period = parse_period(asked.date_range, zone, now)
    hours_since = max(_hours_since(site, now) for site in sites)
    metrics = _each("metrics", asked.metrics, _metric)
    filters = parse_filters(asked.filters)
    dimensions = _each("dimensions", asked.dimensions, _dimension)
    has_hours = _have_hours(_distinct_attributes(dimensions, filters), period, hours_since)
    dimensions = _settle_time(dimensions, period, has_hours=has_hours)
    columns: dict[str, Metric | Dimension] = {
        **dict(zip(asked.metrics, metrics, strict=True)),
        **{each.name: each for each in dimensions},
        **dict(zip(asked.dimensions, dimensions, strict=True)),
    }
    query = Query(
        sites=sites,
        metrics=metrics,
        period=period,
        dimensions=dimensions,
        filters=filters,
        order_by=_order(asked.order_by, columns) or _default_order(metrics, dimensions),
        pagination=asked.pagination,
        include=asked.include,
        hours_since=hours_since,
        compared_with=_compared_with(asked.include.comparisons, zone, now),
    )
    _check_include(query)
    return query


def _compared_with(asked: Comparisons | None, zone: ZoneInfo, now: float) -> Period | None:
    if asked is None or asked.mode is not Mode.CUSTOM:
        return None
    if asked.date_range is None:
        raise impossible("include.comparisons.date_range", "the custom mode wants two dates")
    return parse_period(asked.date_range, zone, now)


def _check_include(query: Query) -> None:
    if query.include.time_labels and not query.grain:
        raise impossible("include.time_labels", "a time dimension has them, such as time:day")
    if query.include.fill and (len(query.dimensions) != 1 or not query.grain):
        raise impossible("include.fill", "a time dimension can be filled, without another beside")
    if query.include.comparisons and query.period.is_open:
        raise impossible("include.comparisons", "nothing comes before all; set another date_range")


def _decode(body: bytes) -> _Body:
    try:
        return msgspec.json.decode(body, type=_Body)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        raise malformed(place.strip("`."), problem) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProblemError(400, "the body is not a JSON object") from None


def _each(
    place: str, names: Sequence[str], find: Callable[[str, str], _Column]
) -> tuple[_Column, ...]:
    found = tuple(find(f"{place}[{index}]", name) for index, name in enumerate(names))
    if len({each.name for each in found}) < len(found):
        raise impossible(place, "one is there twice; name each once")
    return found


def _metric(place: str, name: str) -> Metric:
    found = metric(name)
    if not found:
        possible = [each.name for each in METRICS]
        raise impossible(
            place, f"there is no such metric; there is {', '.join(possible)}", possible=possible
        )
    return found


def _dimension(place: str, name: str) -> Dimension:
    times = {TIME: Grain(TIME), **{grain.name: grain for grain in GRAINS}}
    found = times.get(name) or (SITE if name == SITE.name else attribute(name))
    if not found:
        possible = [*(each.name for each in ATTRIBUTES), f"{PROPS_PREFIX}NAME", *times, SITE.name]
        raise impossible(
            place, f"there is no such dimension; there is {', '.join(possible)}", possible=possible
        )
    return found


def _hours_since(site: Site, now: float) -> date:
    return bucket(site.timezone, int(now)).day - timedelta(days=site.hours_days - 1)


def _have_hours(attributes: tuple[Attribute, ...], period: Period, hours_since: date) -> bool:
    """Return whether hours are kept: of the totals always, of an attribute lately, of pairs never."""
    return len(attributes) <= (1 if period.first >= hours_since else 0)


def _settle_time(
    dimensions: tuple[Dimension, ...], period: Period, *, has_hours: bool
) -> tuple[Dimension, ...]:
    """Put a grain for `time`: hours, where there are any, for a short period."""
    fitting = (grain for grain, hours in _GRAINS_UP_TO if period.length <= hours)
    grain = next(fitting, MONTH)
    if grain == HOUR and not has_hours:
        grain = DAY
    return tuple(grain if each.name == TIME else each for each in dimensions)


def _distinct_attributes(
    dimensions: Sequence[Dimension], filters: Sequence[Condition]
) -> tuple[Attribute, ...]:
    named = [each for each in dimensions if isinstance(each, Attribute)]
    return tuple(dict.fromkeys([*named, *attributes_of(filters)]))


def _order(
    asked: Sequence[tuple[str, str]], columns: dict[str, Metric | Dimension]
) -> tuple[Order, ...]:
    for index, (name, direction) in enumerate(asked):
        if name not in columns:
            raise impossible(f"order_by[{index}]", "name a metric or a dimension of the query")
        if direction not in _DIRECTIONS:
            raise impossible(f"order_by[{index}]", 'the direction is "asc" or "desc"')
    return tuple(Order(columns[name], direction == "desc") for name, direction in asked)


def _default_order(
    metrics: tuple[Metric, ...], dimensions: tuple[Dimension, ...]
) -> tuple[Order, ...]:
    times = (Order(each, descending=False) for each in dimensions if isinstance(each, Grain))
    return (*times, Order(metrics[0], descending=True))
