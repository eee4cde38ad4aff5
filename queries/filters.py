"""Which records a query lets through."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from queries.catalogue import Attribute, attribute
from queries.problem import impossible, malformed

_VALUES = 100
_LENGTH = 1_000


class Operator(StrEnum):
    """How a value is compared; letter case counts."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"


class Filter(NamedTuple):
    """Lets a record through if its value of `attribute` fits any of `values`."""

    operator: Operator
    attribute: Attribute
    values: tuple[str, ...]

    @property
    def single(self) -> bool:
        """Whether it lets just one value through."""
        return self.operator is Operator.IS and len(self.values) == 1


def parse_filters(raw: Sequence[object]) -> tuple[Filter, ...]:
    """Return the filters of a request's `filters`, or raise a problem that names the place."""
    if len(raw) > 1:
        raise impossible("filters", "one filter at most; its list of values may be long")
    return tuple(_filter(f"filters[{index}]", each) for index, each in enumerate(raw))


def _filter(place: str, raw: object) -> Filter:
    match raw:
        case [str() as operator, str() as name, [*values]]:
            return Filter(
                _operator(f"{place}[0]", operator),
                _attribute(f"{place}[1]", name),
                _values(f"{place}[2]", values),
            )
        case [str() as operator, *_]:
            _operator(f"{place}[0]", operator)
    raise malformed(place, 'write it like ["is", "visit:country", ["FR", "DE"]]')


def _operator(place: str, name: str) -> Operator:
    try:
        return Operator(name)
    except ValueError:
        raise impossible(
            place, f"there is no such operator; there is {', '.join(Operator)}"
        ) from None


def _attribute(place: str, name: str) -> Attribute:
    found = attribute(name)
    if found:
        return found
    if name.startswith("time"):
        raise impossible(place, "time is not for filters; set date_range")
    raise impossible(place, "there is no such dimension; write it like event:page or visit:source")


def _values(place: str, values: list[object]) -> tuple[str, ...]:
    texts = tuple(value for value in values if isinstance(value, str) and len(value) <= _LENGTH)
    if len(texts) != len(values) or not 0 < len(values) <= _VALUES:
        raise malformed(
            place, f"write 1 to {_VALUES} texts of at most {_LENGTH} characters, in a list"
        )
    return texts
