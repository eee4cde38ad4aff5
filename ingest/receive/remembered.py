"""What was read before is remembered by what was sent: raw data, that must not rest for long."""

from functools import _lru_cache_wrapper

from ingest.anonymize import (
    agent,
    anonymizer,
    browser,
    campaign,
    goals,
    landing,
    language,
    page,
    place,
    robots,
    scrub,
    technology,
)
from ingest.receive import event, sender

_CACHES = tuple(
    value
    for module in (
        agent, anonymizer, browser, campaign, event, goals, landing, language, page, place, robots, scrub, sender,
        technology,
    )
    for value in vars(module).values()
    if isinstance(value, _lru_cache_wrapper)
)  # fmt: skip


def forget_raw() -> None:
    """Forget headers, URLs and texts as they were sent, and what was made of them."""
    for cache in _CACHES:
        cache.cache_clear()
