"""A query as URL parameters, turned into the document that a POST holds.

For what can only fetch a URL: spreadsheets, Grafana's Infinity data source, a browser.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from queries.problem import ProblemError, malformed

REQUIRED = ("site_id", "metrics", "date_range")
OPTIONAL = ("dimensions", "filters", "order_by", "include", "limit", "offset", "format", "key")
LENGTH_LIMIT = 16 * 1024
"""Bytes of a query string."""
_DIGITS = 10
_PAGINATION = "pagination."


class Format(StrEnum):
    """How an answer is written."""

    JSON = "json"
    ROWS = "rows"
    CSV = "csv"


class Asked(NamedTuple):
    """A query as the parameters ask for it."""

    body: bytes
    """The document that a POST would hold."""
    format: Format
    columns: tuple[str, ...]
    """Dimensions, then metrics, by the names asked for."""
    unlimited: bool
    """Whether all rows are wanted: a CSV without `limit`."""
    title: str
    """Site, dimensions and date range."""


def read_query(pairs: Sequence[tuple[str, str]]) -> Asked:
    """Return the query of the parameters, or raise a 400 that names the parameter.

    What the document holds is checked where every document is, by `parse`; put its problems
    through `in_parameters`.
    """
    given = read(pairs, REQUIRED, OPTIONAL)
    wanted = _format(given.get("format", Format.JSON))
    if wanted is Format.CSV and "include" in given:
        raise malformed("include", "a CSV is rows alone; leave it out, or take format=json")
    dimensions = _names(given.get("dimensions", ""))
    return Asked(
        body=msgspec.json.encode(_document(given)),
        format=wanted,
        columns=(*dimensions, *_names(given["metrics"])),
        unlimited=wanted is Format.CSV and "limit" not in given,
        title="_".join([given["site_id"], *dimensions, given["date_range"]]),
    )


def read(
    pairs: Iterable[tuple[str, str]], required: Sequence[str], optional: Sequence[str]
) -> dict[str, str]:
    """Return the parameters by name, or raise a 400; one without a value counts as left out."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in (*required, *optional):
            possible = [*required, *optional]
            raise malformed("", f"there is no such parameter; there is {', '.join(possible)}")
        if name in given:
            raise malformed(name, "give it once; several values stand with commas between")
        given[name] = value
    given = {name: value for name, value in given.items() if value.strip()}
    for name in required:
        if name not in given:
            raise malformed(name, "this parameter is missing")
    return given


def in_parameters(problem: ProblemError) -> ProblemError:
    """Return a problem of the document under the name that its parameter has."""
    place = str(problem.extras.get("field", ""))
    if not place.startswith(_PAGINATION):
        return problem
    extras = {**problem.extras, "field": place.removeprefix(_PAGINATION)}
    detail = problem.detail.removeprefix(_PAGINATION)
    return ProblemError(problem.status, detail, problem.headers, extras)


def _document(given: Mapping[str, str]) -> dict[str, Any]:
    document = {name: _READERS[name](text) for name, text in given.items() if name in _READERS}
    page = {name: _whole(name, given[name]) for name in ("limit", "offset") if name in given}
    return document | ({"pagination": page} if page else {})


def _format(text: str) -> Format:
    try:
        return Format(text)
    except ValueError:
        raise malformed("format", f"there is {', '.join(Format)}") from None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")] if text else []


def _one_or_more(text: str) -> str | list[str]:
    names = _names(text)
    return names if len(names) > 1 else names[0]


def _order(text: str) -> list[tuple[str, str]]:
    """Return the columns and directions; the name of a dimension may hold colons itself."""
    columns = [name.rpartition(":") for name in _names(text)]
    if not all(column for column, _, _ in columns):
        raise malformed("order_by", "write it like visitors:desc,event:page:asc")
    return [(column, direction) for column, _, direction in columns]


def _filters(text: str) -> Any:  # noqa: ANN401
    return _json("filters", text, '[["is","visit:country",["FR","DE"]]]')


def _include(text: str) -> Any:  # noqa: ANN401
    """Return what to include: names, or the object that a POST holds."""
    if text.lstrip().startswith("{"):
        return _json("include", text, '{"total_rows":true}')
    return dict.fromkeys(_names(text), True)


def _json(name: str, text: str, example: str) -> Any:  # noqa: ANN401
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise malformed(name, f"not JSON; write it like {example}") from None


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise malformed(name, "a whole number is expected")
    return int(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "site_id": _one_or_more,
    "metrics": _names,
    "date_range": _one_or_more,
    "dimensions": _names,
    "filters": _filters,
    "order_by": _order,
    "include": _include,
}
