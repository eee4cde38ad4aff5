"""What can be asked for: metrics and dimensions, as data. To add one is one entry.

Attributes follow from the store's list of dimensions, under the names that Plausible's Stats API
v2 gives them (https://plausible.io/docs/stats-api) as far as it has them.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from ingest.store.dimensions import DIMENSIONS, PROP_PREFIX, Scope


class Kind(Enum):
    """What the counters of a record speak of; the value says with which dimensions."""

    TOTALS = "the site's totals"
    VISIT = "every visit: dimension"
    PLACE = "event:page, event:section and event:hostname"
    ACT = "event:name, event:goal and event:props:NAME"


class Attribute(NamedTuple):
    """A dimension that says what or who: its name here and in the store."""

    name: str
    stored: str
    kind: Kind
    in_words: bool = False
    """Whether its values are names that stand for the stored codes."""


class Grain(NamedTuple):
    """A dimension that says when."""

    name: str


class Owner(NamedTuple):
    """A dimension that says whose: the site."""

    name: str


Dimension = Attribute | Grain | Owner

SITE = Owner("site")

TIME = "time"
"""The grain that suits the period: hours for two days at most, days for 40, weeks for a year."""
HOUR = Grain("time:hour")
DAY = Grain("time:day")
WEEK = Grain("time:week")
MONTH = Grain("time:month")
GRAINS = (HOUR, DAY, WEEK, MONTH)

PROPS_PREFIX = "event:props:"
_PROP_LENGTH = 300
_ACTS = frozenset({"event", "goal"})
_RENAMED = {"event": "event:name"}


def _attribute(stored: str, scope: Scope) -> Attribute:
    if scope is not Scope.HIT:
        return Attribute(f"visit:{stored}", stored, Kind.VISIT)
    kind = Kind.ACT if stored in _ACTS else Kind.PLACE
    return Attribute(_RENAMED.get(stored, f"event:{stored}"), stored, kind)


ATTRIBUTES = (
    *(_attribute(dimension.name, dimension.scope) for dimension in DIMENSIONS),
    Attribute("visit:country_name", "country", Kind.VISIT, in_words=True),
)
_ALIASES = {"visit:region_name": "region", "visit:city_name": "city"}
_ATTRIBUTES = {each.name: each for each in ATTRIBUTES} | {
    each.stored: each for each in ATTRIBUTES if not each.in_words
}


def attribute(name: str) -> Attribute | None:
    """Return the attribute of that name (`event:page`; the store's `page` is an alias)."""
    for prefix in (PROPS_PREFIX, PROP_PREFIX):
        prop = name.removeprefix(prefix)
        if prop != name and 0 < len(prop) <= _PROP_LENGTH:
            return Attribute(PROPS_PREFIX + prop, PROP_PREFIX + prop, Kind.ACT)
    return _ATTRIBUTES.get(_ALIASES.get(name, name))


EVERYONE = "everyone"
"""In place of a counter: the visitors that the same query gives without its dimensions."""
BASE = "base"
"""In place of a counter: the visitors of the same row, the event, goal or property aside."""
AUDIENCE = "audience"
"""In place of a counter: the visitors of the whole query, the event, goal or property aside."""


class Formula(NamedTuple):
    """A metric over summed counters: `times` x `counter` / `per`, rounded; null if `per` is 0."""

    says: str
    counter: str
    per: str = ""
    """A counter, EVERYONE, BASE or AUDIENCE; empty for a plain sum."""
    times: float = 1
    decimals: int = 0

    def told(self, value: float | None) -> float | None:
        """Return a value as it is told: whole without a decimal point. ClickHouse rounds to floats."""
        return int(value) if isinstance(value, float) and self.decimals == 0 else value


class Metric(NamedTuple):
    """A metric, and how it is computed for each kind of records that it makes sense for."""

    name: str
    formulas: Mapping[Kind, Formula]


def _everywhere(formula: Formula) -> dict[Kind, Formula]:
    return dict.fromkeys(Kind, formula)


def _of_visits(formula: Formula) -> dict[Kind, Formula]:
    return dict.fromkeys((Kind.TOTALS, Kind.VISIT), formula)


def _of_places(formula: Formula) -> dict[Kind, Formula]:
    """Say it of places, and of the site as a whole: not of what came with a visit."""
    return dict.fromkeys((Kind.TOTALS, Kind.PLACE), formula)


_ENGAGEMENT = Formula("seconds that visitors were engaged", "engagement", times=0.001)
_SCROLL = Formula(
    "mean over visits and pages of the deepest scroll, %", "scroll", per="scroll_visits"
)
_BOUNCE = "a bounce is a visit with one pageview and no interactive custom event"

METRICS = (
    Metric("visitors", _everywhere(Formula("distinct visitors", "visitors"))),
    Metric(
        "visits",
        {
            **_of_visits(Formula("visits, where they began", "visits")),
            Kind.PLACE: Formula("visits that were there at least once", "visits"),
            Kind.ACT: Formula("visits with at least one", "visits"),
        },
    ),
    Metric("pageviews", _everywhere(Formula("pageviews", "pageviews"))),
    Metric("events", _everywhere(Formula("custom events; pageviews are not among them", "events"))),
    Metric(
        "views_per_visit",
        {
            **_of_visits(Formula("pageviews / visits", "pageviews", per="visits", decimals=2)),
            Kind.PLACE: Formula(
                "pageviews there / visits that were there", "pageviews", per="visits", decimals=2
            ),
        },
    ),
    Metric(
        "bounce_rate",
        {
            **_of_visits(Formula(f"bounces / visits, %; {_BOUNCE}", "bounces", "visits", 100, 1)),
            Kind.PLACE: Formula(
                f"of the visits that entered there, %; {_BOUNCE}", "bounces", "entries", 100, 1
            ),
        },
    ),
    Metric(
        "visit_duration",
        {
            **_of_visits(Formula("mean length of a visit, seconds", "duration", per="visits")),
            Kind.PLACE: Formula(
                "mean length of the visits that entered there, seconds", "duration", per="entries"
            ),
        },
    ),
    Metric(
        "time_on_page",
        {
            Kind.PLACE: Formula(
                "seconds engaged / visits that were there", "engagement", "visits", times=0.001
            )
        },
    ),
    Metric("engagement", _of_places(_ENGAGEMENT)),
    Metric("scroll_depth", _of_places(_SCROLL)),
    Metric("entries", {Kind.PLACE: Formula("visits that began there", "entries")}),
    Metric("exits", {Kind.PLACE: Formula("visits that ended there", "exits")}),
    Metric(
        "exit_rate",
        {Kind.PLACE: Formula("exits / visits that were there, %", "exits", "visits", 100, 1)},
    ),
    Metric(
        "conversion_rate",
        {
            Kind.ACT: Formula(
                "visitors who did it / all visitors of the same filter, %",
                "visitors",
                AUDIENCE,
                100,
                1,
            )
        },
    ),
    Metric(
        "group_conversion_rate",
        {
            Kind.ACT: Formula(
                "visitors who did it / visitors of the same row and filter, %",
                "visitors",
                BASE,
                100,
                1,
            )
        },
    ),
    Metric(
        "percentage",
        _everywhere(
            Formula("visitors / all visitors of the query, %", "visitors", EVERYONE, 100, 1)
        ),
    ),
)
_METRICS = {metric.name: metric for metric in METRICS}


def metric(name: str) -> Metric | None:
    """Return the metric of that name."""
    return _METRICS.get(name)


def metrics_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of the metrics that make sense for records of `kind`."""
    return tuple(each.name for each in METRICS if kind in each.formulas)
