"""Which goals a hit reaches."""

import re
from functools import lru_cache

from ingest.settings import Goal

_WILDCARD = re.compile(r"\*+")


@lru_cache(maxsize=20_000)
def match_goals(goals: tuple[Goal, ...], page: str | None, event: str | None) -> tuple[str, ...]:
    """Return the names of the goals reached by a view of `page` or by the custom event `event`.

    Either may be None. A page is compared by its name as stored: scrubbed, without a trailing
    slash, with the query keys that the site keeps.
    """
    return tuple(goal.name for goal in goals if _is_reached(goal, page, event))


def _is_reached(goal: Goal, page: str | None, event: str | None) -> bool:
    if goal.event:
        return event == goal.event
    return page is not None and _compile(goal.page).fullmatch(page) is not None


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    """Return the expression of a page pattern.

    `*` stands for anything within a segment, `**` for anything across segments; `/**` at the end
    also stands for nothing, so `/docs/**` is `/docs` and all below it.

    What comes before a `**` is matched once, at its first place, and not tried again (`(?>…)`):
    an earlier match never closes a way that a later one opens, and a hostile page costs no more.
    """
    pattern = pattern.rstrip("/") or "/"
    tail = ""
    if pattern.endswith("/**"):
        pattern, tail = pattern[:-3], "(?:/.*)?"
    first, *rest = [_segments(part) for part in re.split(r"\*{2,}", pattern)]
    if not rest:
        return re.compile(first + tail, re.DOTALL)
    *middle, last = rest
    skips = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"(?>{first}){skips}.*{last}{tail}", re.DOTALL)


def _segments(part: str) -> str:
    return "[^/]*?".join(map(re.escape, part.split("*")))
