"""The body of a request, parsed once into a Query.

The grammar is that of Plausible's Stats API v2 (https://plausible.io/docs/stats-api).
"""

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple, TypeVar

import msgspec

from ingest.settings import Site, site_name
from ingest.store.calendar import bucket
from queries.catalogue import (
    ATTRIBUTES,
    DAY,
    GRAINS,
    HOUR,
    METRICS,
    PROPS_PREFIX,
    TIME,
    Attribute,
    Dimension,
    Grain,
    Metric,
    attribute,
    metric,
)
from queries.filters import Filter, parse_filters
from queries.period import Period, parse_period
from queries.problem import ProblemError, impossible, malformed

_ROWS = 10_000
_DIRECTIONS = ("asc", "desc")
_Column = TypeVar("_Column", Metric, Dimension)


class Pagination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the rows to answer with."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=_ROWS)] = _ROWS
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0


class Include(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to answer besides."""

    total_rows: bool = False


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    site_id: str
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

    site: Site
    metrics: tuple[Metric, ...]
    period: Period
    dimensions: tuple[Dimension, ...]
    filters: tuple[Filter, ...]
    order_by: tuple[Order, ...]
    """Ties are broken by the dimensions, ascending."""
    pagination: Pagination
    include: Include

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The distinct attributes of its dimensions and filters, in that order."""
        return _distinct_attributes(self.dimensions, self.filters)

    @property
    def grain(self) -> Grain | None:
        """Its time dimension, if it has one."""
        return next((each for each in self.dimensions if isinstance(each, Grain)), None)


def parse(body: bytes, open_site: Callable[[str], Site], now: float) -> Query:
    """Return the query in `body`, or raise a ProblemError that names the field.

    `open_site` finds a site by its domain, or refuses it; `now` is in seconds since 1970.
    """
    asked = _decode(body)
    site = open_site(site_name(asked.site_id))
    period = parse_period(asked.date_range, bucket(site.timezone, int(now)).day)
    metrics = _each("metrics", asked.metrics, _metric)
    filters = parse_filters(asked.filters)
    dimensions = _settle_time(_each("dimensions", asked.dimensions, _dimension), filters, period)
    columns: dict[str, Metric | Dimension] = {
        **dict(zip(asked.metrics, metrics, strict=True)),
        **{each.name: each for each in dimensions},
        **dict(zip(asked.dimensions, dimensions, strict=True)),
    }
    return Query(
        site=site,
        metrics=metrics,
        period=period,
        dimensions=dimensions,
        filters=filters,
        order_by=_order(asked.order_by, columns) or _default_order(metrics, dimensions),
        pagination=asked.pagination,
        include=asked.include,
    )


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
    grains = {TIME: Grain(TIME), **{grain.name: grain for grain in GRAINS}}
    found = grains.get(name) or attribute(name)
    if not found:
        possible = [*(each.name for each in ATTRIBUTES), f"{PROPS_PREFIX}NAME", *grains]
        raise impossible(
            place, f"there is no such dimension; there is {', '.join(possible)}", possible=possible
        )
    return found


def _settle_time(
    dimensions: tuple[Dimension, ...], filters: tuple[Filter, ...], period: Period
) -> tuple[Dimension, ...]:
    """Put hours or days for `time`: pairs of attributes are kept by day only."""
    hourly = period.days == 1 and len(_distinct_attributes(dimensions, filters)) < 2  # noqa: PLR2004
    grain = HOUR if hourly else DAY
    return tuple(grain if each.name == TIME else each for each in dimensions)


def _distinct_attributes(
    dimensions: Sequence[Dimension], filters: Sequence[Filter]
) -> tuple[Attribute, ...]:
    named = [each for each in dimensions if isinstance(each, Attribute)]
    return tuple(dict.fromkeys([*named, *(each.attribute for each in filters)]))


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
