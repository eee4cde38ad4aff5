"""The catalogue as a document: what can be asked for, and what each number means."""

from typing import Any

from ingest.store.dimensions import PAIRS, Pairs, crossed_with
from ingest.store.drops import DropReason
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
    Kind,
    Metric,
    attribute,
)
from queries.filters import Operator

DATE_RANGES = {
    "day": "today",
    "24h": "this hour and the 23 before",
    "realtime": "the hours that the last 30 minutes touch",
    "7d": "today and the six days before; any number of days",
    "28d": "today and the 27 days before",
    "30d": "today and the 29 days before",
    "91d": "today and the 90 days before",
    "month": "this month up to today",
    "6mo": "this month and the five before; any number of months",
    "12mo": "this month and the eleven before",
    "year": "this year up to today",
    "all": "from the first record on",
    "2026-01-01T12:00:00,2026-01-01T18:00:00": "full hours of the site's clock",
    "2026-01-01,2026-01-31": "from a day to a day, both included (a list of two in JSON)",
}
"""Examples of date ranges, as a URL writes them, and what they mean."""

TIMES = {
    TIME: "hours for two days at most, days for 40, weeks for a year, else months",
    HOUR.name: "hours, as the site's clock shows them; of an attribute those of the last weeks",
    DAY.name: "days of the site's calendar",
    WEEK.name: "weeks, by their Monday",
    MONTH.name: "months, by their first day",
}

REASONS = {
    DropReason.OPT_OUT: "the visitor sent Sec-GPC: 1 or DNT: 1",
    DropReason.ROBOT: "the user agent is a crawler's, a tool's or a headless browser's",
    DropReason.NO_BROWSER: "headers that every browser sends were missing",
    DropReason.PREFETCH: "the page was fetched ahead; nobody has seen it yet",
    DropReason.UNKNOWN_SITE: "the site is not configured here",
    DropReason.NO_VISIT: "time on a page without a running visit to belong to",
}


def catalogue(pairs: Pairs = PAIRS) -> dict[str, Any]:
    """Return metrics, dimensions, times, operators, date ranges, reasons for drops and the rest."""
    return {
        "kinds": {_name(kind): kind.value for kind in Kind},
        "metrics": [_metric(metric) for metric in METRICS],
        "dimensions": [*(_dimension(each, pairs) for each in ATTRIBUTES), _props()],
        "owners": [{"name": SITE.name, "says": "the site, of several"}],
        "times": [{"name": name, "says": TIMES[name]} for name in (TIME, *_grains())],
        "operators": [operator.value for operator in Operator],
        "junctions": ["and", "or", "not"],
        "date_ranges": [{"example": each, "says": says} for each, says in DATE_RANGES.items()],
        "drop_reasons": [{"name": reason.value, "says": REASONS[reason]} for reason in DropReason],
    }


def _grains() -> list[str]:
    return [grain.name for grain in GRAINS]


def _name(kind: Kind) -> str:
    return kind.name.lower()


def _metric(metric: Metric) -> dict[str, Any]:
    """Return a metric with what it says for each kind of dimension that it makes sense with."""
    return {
        "name": metric.name,
        "definitions": {_name(kind): formula.says for kind, formula in metric.formulas.items()},
    }


def _dimension(one: Attribute, pairs: Pairs) -> dict[str, Any]:
    others = (attribute(name) for name in crossed_with(one.stored, pairs))
    return {
        "name": one.name,
        "alias": one.name if one.in_words else one.stored,
        "kind": _name(one.kind),
        "meets": [other.name for other in others if other],
    }


def _props() -> dict[str, Any]:
    name = f"{PROPS_PREFIX}NAME"
    return {"name": name, "alias": "prop:NAME", "kind": _name(Kind.ACT), "meets": []}
