"""Which records a query lets through: a tree of conditions on values."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from queries.catalogue import Attribute, attribute
from queries.problem import impossible, malformed

_VALUES = 100
_LENGTH = 1_000
_CONDITIONS = 50
"""Of one query, all levels together."""
_LEVELS = 8
_BEHAVIORS = ("has_done", "has_not_done")


class Operator(StrEnum):
    """How a value is compared. The `matches` are RE2 expressions that may match anywhere."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    MATCHES = "matches"
    MATCHES_NOT = "matches_not"


class Filter(NamedTuple):
    """Lets a record through if its value of `attribute` fits any of `values` (none, for a NOT)."""

    operator: Operator
    attribute: Attribute
    values: tuple[str, ...]
    case_sensitive: bool = True

    @property
    def single(self) -> bool:
        """Whether it lets just one value through."""
        return self.operator is Operator.IS and len(self.values) == 1 and self.case_sensitive


class Junction(NamedTuple):
    """Lets a record through if all (`and`) or any (`or`) of its parts do."""

    word: str
    parts: tuple["Condition", ...]


class Negation(NamedTuple):
    """Lets a record through if its part does not."""

    part: "Condition"


Condition = Filter | Junction | Negation


class _Modifiers(msgspec.Struct, forbid_unknown_fields=True):
    case_sensitive: bool = True


def parse_filters(raw: Sequence[object]) -> tuple[Condition, ...]:
    """Return the conditions of a request's `filters`, all of which must hold.

    Raises a problem that names the place.
    """
    conditions = tuple(_condition(f"filters[{index}]", each, 1) for index, each in enumerate(raw))
    if sum(1 for each in conditions for _ in filters_of(each)) > _CONDITIONS:
        raise impossible("filters", f"at most {_CONDITIONS} conditions; list values in one of them")
    return conditions


def filters_of(condition: Condition) -> Iterable[Filter]:
    """Yield the filters that a condition is made of."""
    match condition:
        case Filter():
            yield condition
        case Junction(_, parts):
            for part in parts:
                yield from filters_of(part)
        case Negation(part):
            yield from filters_of(part)


def attributes_of(conditions: Iterable[Condition]) -> dict[Attribute, None]:
    """Return the distinct attributes that conditions look at, in the order of their appearance."""
    return dict.fromkeys(each.attribute for one in conditions for each in filters_of(one))


def _condition(place: str, raw: object, level: int) -> Condition:
    if level > _LEVELS:
        raise impossible(place, f"conditions nest {_LEVELS} levels deep at most")
    match raw:
        case ["and" | "or" as word, [_, *_] as parts]:
            inner = enumerate(parts)
            return Junction(
                word, tuple(_condition(f"{place}[1][{n}]", each, level + 1) for n, each in inner)
            )
        case ["not", part]:
            return Negation(_condition(f"{place}[1]", part, level + 1))
        case [str() as operator, str() as name, [*values], *modifiers] if len(modifiers) <= 1:
            return Filter(
                _operator(f"{place}[0]", operator),
                _attribute(f"{place}[1]", name),
                _values(f"{place}[2]", values),
                _is_case_sensitive(f"{place}[3]", *modifiers),
            )
        case [str() as operator, *_] if operator not in ("and", "or"):
            _operator(f"{place}[0]", operator)
    raise malformed(
        place, 'write it like ["is", "visit:country", ["FR", "DE"]] or ["or", [CONDITION, …]]'
    )


def _operator(place: str, name: str) -> Operator:
    if name in _BEHAVIORS:
        raise impossible(
            place, "what a visitor did besides is not known here: records say nothing of anyone"
        )
    try:
        return Operator(name)
    except ValueError:
        raise impossible(
            place, f"there is no such operator; there is {', '.join(Operator)}, and, or, not"
        ) from None


def _attribute(place: str, name: str) -> Attribute:
    found = attribute(name)
    if found:
        return found
    if name.startswith("time"):
        raise impossible(place, "time is not for filters; set date_range")
    if name == "site":
        raise impossible(place, "sites are not for filters; list them in site_id")
    raise impossible(place, "there is no such dimension; write it like event:page or visit:source")


def _values(place: str, values: list[object]) -> tuple[str, ...]:
    texts = tuple(value for value in values if isinstance(value, str) and len(value) <= _LENGTH)
    if len(texts) != len(values) or not 0 < len(values) <= _VALUES:
        raise malformed(
            place, f"write 1 to {_VALUES} texts of at most {_LENGTH} characters, in a list"
        )
    return texts


def _is_case_sensitive(place: str, modifiers: object = None) -> bool:
    if modifiers is None:
        return True
    try:
        return msgspec.convert(modifiers, _Modifiers).case_sensitive
    except msgspec.ValidationError:
        raise malformed(place, 'write {"case_sensitive": false}') from None
