"""The questions of a dashboard, each as a query to footfall and as SQL for the raw schema.

The SQL is the best that one would write by hand: whatever sessions can tell is asked of them and
not of the far more events, and of events only what it needs. `{uniq}` stands for how visitors are
counted. A visitor's hash is a new one each day, so both sides mean the same by visitors: those of
each day, added up.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from year import SITE, Year

_TOP = 10
_WEEK = timedelta(days=6)
_RATES = "round(100 * sum(is_bounce) / count(), 1), round(sum(duration) / count())"
_TOTALS = f"{{uniq}}(visitor), count(), sum(pageviews), {_RATES}"
_SESSIONS = (
    "FROM sessions WHERE site = {{site:String}} "
    "AND toDate(start) >= {{first:Date}} AND toDate(start) <= {{last:Date}}"
)
_EVENTS = (
    "FROM events WHERE site = {{site:String}} "
    "AND toDate(timestamp) >= {{first:Date}} AND toDate(timestamp) <= {{last:Date}}"
)
_BY_VISITORS = f"ORDER BY 2 DESC, 1 LIMIT {_TOP}"
_VISIT_METRICS = ("visitors", "visits", "pageviews", "bounce_rate", "visit_duration")


class Question(NamedTuple):
    """What a dashboard asks."""

    name: str
    query: dict[str, Any]
    raw: str
    """Answers with the same columns: dimensions, then metrics."""
    parameters: dict[str, Any]
    """Of the SQL."""
    is_exact: bool = True
    """Whether the two must answer the same; else footfall may tell less, or more roughly."""


def questions(year: Year) -> list[Question]:
    """Return the questions about a year."""
    return [
        _totals(year),
        _days(year),
        _hours(year),
        _pages(year),
        _top(year, "sources", "visit:source", "source"),
        _campaigns(year),
        _top(year, "countries", "visit:country", "country"),
        _top(year, "browsers, versions", "visit:browser_version", "browser_version"),
        _top(year, "languages", "visit:language", "language"),
        _top(year, "providers", "visit:provider", "provider"),
        _pages_of_a_source(year),
        _year_before(year),
        _realtime(year),
    ]


def _question(
    year: Year, name: str, query: dict[str, Any], raw: str, **parameters: object
) -> Question:
    asked = {"site_id": SITE.domain, "date_range": [f"{year.first}", f"{year.last}"]}
    bound = {"site": SITE.domain, "first": year.first, "last": year.last}
    return Question(name, asked | query, raw, bound | parameters)


def _totals(year: Year) -> Question:
    return _question(year, "totals", {"metrics": _VISIT_METRICS}, f"SELECT {_TOTALS} {_SESSIONS}")


def _days(year: Year) -> Question:
    query = {"metrics": ("visitors", "visits", "pageviews"), "dimensions": ["time:day"]}
    raw = (
        "SELECT toString(toDate(start)) AS day, {uniq}(visitor), count(), sum(pageviews) "
        f"{_SESSIONS} GROUP BY day ORDER BY day"
    )
    return _question(year, "a year by day", query, raw)


def _hours(year: Year) -> Question:
    first = year.last - _WEEK
    query = {
        "metrics": ("visitors", "pageviews"),
        "dimensions": ["time:hour"],
        "date_range": [f"{first}", f"{year.last}"],
    }
    raw = (
        "SELECT toString(toStartOfHour(timestamp)) AS hour, {uniq}(visitor), "
        f"countIf(name = 'pageview') {_EVENTS} GROUP BY hour ORDER BY hour"
    )
    return _question(year, "a week by hour", query, raw, first=first)


def _pages(year: Year) -> Question:
    query = {
        "metrics": ("visitors", "pageviews"),
        "dimensions": ["event:page"],
        "pagination": {"limit": _TOP},
    }
    raw = (
        f"SELECT pathname, {{uniq}}(visitor), count() {_EVENTS} AND name = 'pageview' "
        f"GROUP BY pathname {_BY_VISITORS}"
    )
    return _question(year, "top pages", query, raw)


def _top(year: Year, name: str, dimension: str, column: str) -> Question:
    query = {
        "metrics": ("visitors", "visits", "bounce_rate", "visit_duration"),
        "dimensions": [dimension],
        "pagination": {"limit": _TOP},
    }
    raw = (
        f"SELECT {column}, {{uniq}}(visitor), count(), {_RATES} {_SESSIONS} "
        f"GROUP BY {column} {_BY_VISITORS}"
    )
    return _question(year, name, query, raw)


def _campaigns(year: Year) -> Question:
    top = _top(year, "campaigns", "visit:utm_campaign", "utm_campaign")
    query = top.query | {"filters": [["is_not", "visit:utm_campaign", ["(none)"]]]}
    raw = top.raw.replace(" GROUP BY", " AND utm_campaign != '' GROUP BY")
    return top._replace(query=query, raw=raw)


def _pages_of_a_source(year: Year) -> Question:
    pages = _pages(year)
    query = pages.query | {"filters": [["is", "visit:source", ["Google"]]]}
    raw = pages.raw.replace(" GROUP BY", " AND source = 'Google' GROUP BY")
    return pages._replace(name="a source's pages", query=query, raw=raw, is_exact=False)


def _year_before(year: Year) -> Question:
    query = {
        "metrics": _VISIT_METRICS,
        "include": {"comparisons": {"mode": "year_over_year"}},
    }
    before = [_one_year_earlier(day) for day in (year.first, year.last)]
    raw = (
        f"SELECT {_TOTALS} FROM sessions WHERE site = {{{{site:String}}}} "
        "AND (toDate(start) BETWEEN {{first:Date}} AND {{last:Date}} "
        "OR toDate(start) BETWEEN {{first_before:Date}} AND {{last_before:Date}}) "
        "GROUP BY toDate(start) >= {{first:Date}} AS is_now ORDER BY is_now DESC"
    )
    return _question(
        year, "the year before", query, raw, first_before=before[0], last_before=before[1]
    )


def _one_year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1)


def _realtime(year: Year) -> Question:
    """Ask for the last half hour; footfall answers with the hours that it touches."""
    query = {"metrics": ("visitors", "pageviews"), "date_range": "realtime"}
    since = datetime.fromtimestamp(year.now, UTC) - timedelta(minutes=30)
    raw = (
        f"SELECT {{uniq}}(visitor), countIf(name = 'pageview') {_EVENTS} "
        "AND timestamp >= {{since:DateTime('UTC')}}"
    )
    question = _question(year, "realtime", query, raw, first=year.last, since=since)
    return question._replace(is_exact=False)
