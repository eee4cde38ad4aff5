"""What a pair's records are measured against, to tell how much of them is withheld.

A pair's record is stored once k visitors of a day share it. A dimension's own records are exact.
So the difference between two sums of one counter, over a dimension's own records and over those of
the pair, is what was withheld, if with nothing withheld the two would be equal: that is, if each
thing counted has exactly one value of the dimension that the first sum leaves out.

- The second dimension of every pair is visit-wide: a visit has one value of it. Whatever is chosen
  of the first dimension, its own `visits` are the reference.
- Chosen by the second dimension, the first is left out. If that is visit-wide too, `visits` serve
  again. A visit has many pages, but a pageview has one, so `pageviews` serve for `event:page`; and
  `events` for `event:name`.
- An event may reach several goals or none: nothing adds up for `event:goal` chosen by its second
  dimension. Then the whole pair is measured, and the answer's part of it is at most that.
"""

from typing import NamedTuple

from queries.catalogue import Kind
from queries.filters import attributes_of
from queries.records import Records

_ONE_VALUE_EACH = {"page": "pageviews", "event": "events"}


class Reference(NamedTuple):
    """Two sums of one counter whose difference is what was withheld."""

    counter: str
    whole: Records
    """Of one attribute, exact."""
    released: Records
    """Of the pair."""
    exact: bool
    """Whether it speaks of just the records asked for; else it is an upper bound."""


def refer(asked: Records) -> Reference | None:
    """Return the reference for `asked`, or None for records of which nothing is withheld."""
    if len(asked.attributes) < 2:  # noqa: PLR2004
        return None
    first, second = asked.attributes
    chosen_by = attributes_of(asked.filters).keys()
    if chosen_by <= {first}:
        return Reference("visits", Records((first,), asked.filters), asked, exact=True)
    counter = "visits" if first.kind is Kind.VISIT else _ONE_VALUE_EACH.get(first.stored)
    if counter and chosen_by <= {second}:
        return Reference(counter, Records((second,), asked.filters), asked, exact=True)
    return Reference("visits", Records((first,)), Records(asked.attributes), exact=False)
