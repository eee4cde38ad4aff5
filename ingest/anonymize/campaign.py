"""How a visit came, without what its campaign said of it: for the profiles that keep no campaigns."""

from functools import lru_cache

from ingest.anonymize.known_sources import find_name
from ingest.store.dimensions import DIRECT, NONE, UNKNOWN
from ingest.visit.hit import How


@lru_cache(maxsize=4_096)
def without_campaign(how: How) -> How:
    """Return it without `utm_*`.

    The channel stays, as one of a closed list; so does a source that is one. A source of the
    campaign's own naming gives way to the referrer's host.
    """
    source = how.source
    if how.utm_source != NONE and find_name(source).name != source:
        source = UNKNOWN if how.referrer == DIRECT else how.referrer
    return How(how.channel, source, how.referrer, NONE, NONE, NONE, NONE, NONE)
