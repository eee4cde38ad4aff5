"""Random traffic."""

from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from exact_model import Sent
from hypothesis import strategies as st

from ingest.settings import Site
from ingest.visit.hit import Hit, How, Kind, Where, Who

SITES = (
    Site("paris.example", timezone=ZoneInfo("Europe/Paris"), k=2),
    Site("kolkata.example", timezone=ZoneInfo("Asia/Kolkata"), k=3),
    Site("open.example", timezone=ZoneInfo("America/St_Johns"), k=1),
)
PEOPLE = ("ada", "bob", "cem")
STARTS = (1_774_735_200, 1_774_738_200, 1_774_722_000, 1_774_750_800)
"""Paris an hour before the night of its clock change, and 10 minutes before three midnights."""
STEPS = (0, 1, 9, 300, 300, 900, 1500, 1799, 1800, 1801, 3600, 20_000, 86_400)


def keyed(person: str, site: Site, day: object) -> int:
    """A visitor key as `anonymize` makes it: another one each site and day."""
    text = f"{person} {site.domain} {day}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


_wheres = st.sampled_from(
    [
        Where("/", "/", "www.example"),
        Where("/blog/a", "/blog", "www.example"),
        Where("/blog/b", "/blog", "www.example"),
        Where("/blog/a", "/blog", "m.example"),
    ]
)
_hows = st.builds(
    How,
    channel=st.sampled_from(["Direct", "Organic Search"]),
    source=st.sampled_from(["Direct", "Google", "Bing"]),
    referrer=st.sampled_from(["Direct", "google.com"]),
    utm_source=st.sampled_from(["(none)", "mail"]),
    utm_medium=st.just("(none)"),
    utm_campaign=st.sampled_from(["(none)", "spring"]),
    utm_content=st.sampled_from(["(none)", "x", "y"]),
    utm_term=st.sampled_from(["(none)", "x"]),
)
_whos = st.builds(
    Who,
    country=st.sampled_from(["FR", "IN"]),
    region=st.just("(unknown)"),
    city=st.just("(unknown)"),
    provider=st.sampled_from(["Orange", "Jio"]),
    language=st.sampled_from(["fr", "hi"]),
    browser=st.sampled_from(["Chrome", "Safari"]),
    browser_version=st.just("Chrome 141"),
    os=st.sampled_from(["Windows", "macOS"]),
    os_version=st.just("Windows 10"),
    device=st.sampled_from(["desktop", "mobile"]),
    screen=st.sampled_from(["Mobile", "Desktop"]),
)
_props = st.lists(
    st.tuples(st.sampled_from(["plan", "size"]), st.sampled_from(["a", "b"])),
    max_size=2,
    unique_by=lambda prop: prop[0],
).map(tuple)


@st.composite
def streams(draw, most=30):
    """A stream of hits in the order of their arrival, with who sent each."""
    time, sent = draw(st.sampled_from(STARTS)), []
    for _ in range(draw(st.integers(1, most))):
        time += draw(st.sampled_from(STEPS))
        sent.append(_sent(draw, time))
    return sent


def _sent(draw, time: int) -> Sent:
    person, site = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(SITES))
    day = datetime.fromtimestamp(time, site.timezone).date()
    kind = draw(st.sampled_from(list(Kind)))
    is_event, is_ping = kind is Kind.EVENT, kind is Kind.ENGAGEMENT
    hit = Hit(
        site=site,
        time=time,
        kind=kind,
        interactive=draw(st.booleans()),
        visitor=keyed(person, site, day),
        visitor_before=keyed(person, site, day - timedelta(days=1)),
        where=draw(_wheres),
        how=draw(_hows),
        who=draw(_whos),
        event="Signup" if is_event else "",
        goals=draw(st.sampled_from([(), ("Goal",), ("Goal", "Other")])) if not is_ping else (),
        props=() if is_ping else draw(_props),
        engaged=draw(st.integers(0, 9)) * 1000 if is_ping else 0,
        scroll=draw(st.integers(0, 100)) if is_ping else 0,
    )
    return Sent(person, hit)
