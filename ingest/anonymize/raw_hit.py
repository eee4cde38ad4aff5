"""What `receive` hands to `anonymize`: the only type that holds an address or a user agent."""

import msgspec

from ingest.anonymize.browser import Browser


class RawHit(msgspec.Struct, frozen=True, gc=False):
    """A hit as received, checked for form. Never longer than its request, never stored.

    Texts are as sent; what was not sent is empty.
    """

    name: str
    """`pageview`, `engagement`, or the name of a custom event."""
    url: str
    domains: tuple[str, ...]
    referrer: str
    props: tuple[tuple[str, str], ...]
    hash_routing: bool
    interactive: bool
    viewport_width: int
    """Pixels; 0 if not sent."""
    engaged: int
    """Milliseconds, of an engagement ping."""
    scroll: int
    """Percent of the page seen, 0 to 100, of an engagement ping."""
    address: str
    browser: Browser
    opted_out: bool
    """`Sec-GPC: 1` or `DNT: 1` was sent."""
    prefetched: bool
    """`Sec-Purpose` or `Purpose` says that the page was fetched or rendered ahead."""
