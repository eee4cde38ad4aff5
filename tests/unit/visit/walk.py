"""People on a site, and what their hits add to the tables."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ingest.anonymize.visitor_key import begin_key, visitor_key
from ingest.fold.fold import fold
from ingest.fold.ledger import Ledger
from ingest.settings import Settings, Site
from ingest.store.calendar import bucket
from ingest.store.tables import COUNTERS
from ingest.visit.hit import Hit, How, Kind, Where, Who
from ingest.visit.keys import Keyring
from ingest.visit.memory import Memory

NOTHING = "(none)"
HOW = How("Direct", "Direct", "Direct", *(NOTHING,) * 5)
WHO = Who(
    "FR",
    "(u)",
    "(u)",
    "Orange",
    "fr",
    "Firefox",
    "Firefox 140",
    "Linux",
    "Linux",
    "desktop",
    "Desktop",
)


class Walk:
    """A site without traffic so far. Moments are local unless they have an offset."""

    def __init__(self, zone="UTC", k=1, caps=None):
        self.site = Site("example.com", timezone=ZoneInfo(zone), k=k)
        self.keys = Keyring()
        self._memory = Memory(Settings(caps=caps or {}), self.keys)
        self.symbols, self.crowd = self._memory.symbols, self._memory.crowd
        self.visits = self._memory.visits
        self._traffic = Counter()
        self._crosstabs = Counter()

    def time(self, moment):
        local = datetime.fromisoformat(moment)
        return int(
            (local if local.tzinfo else local.replace(tzinfo=self.site.timezone)).timestamp()
        )

    def hit(self, person, moment, page="/", kind=Kind.PAGEVIEW, **changes):
        """Make a hit as `anonymize` does."""
        time = self.time(moment)
        today = bucket(self.site.timezone, time).day
        before = self.keys.key_before(self.site, today)
        identity = ("203.0.113.0", person.encode())
        day_key = self.keys.key(self.site, today)
        hit = Hit(
            site=self.site,
            time=time,
            kind=kind,
            interactive=True,
            visitor=visitor_key(begin_key(day_key, self.site.domain), *identity),
            visitor_before=before and visitor_key(begin_key(before, self.site.domain), *identity),
            where=Where(page, "/" + page.split("/")[1], "example.com"),
            how=HOW,
            who=WHO,
            event="Signup" if kind is Kind.EVENT else "",
            goals=(),
            props=(),
            engaged=0,
            scroll=0,
        )
        return msgspec.structs.replace(hit, **changes)

    def count(self, *hits):
        """Count a group of hits; return the last one's reason for a drop."""
        ledger = Ledger()
        dropped = self.visits.count(hits, ledger)
        records = fold(ledger, self._memory.release(), self.symbols)
        for cells, name, width in (
            (self._traffic, "traffic", 4),
            (self._crosstabs, "crosstabs", 6),
        ):
            for row in zip(*records.columns[name], strict=True):
                for counter, amount in zip(COUNTERS, row[width:], strict=True):
                    cells[*row[1:width], counter] += amount
        return dropped[-1]

    def view(self, person, moment, page="/", **changes):
        return self.count(self.hit(person, moment, page, **changes))

    def event(self, person, moment, page="/", **changes):
        return self.count(self.hit(person, moment, page, Kind.EVENT, **changes))

    def ping(self, person, moment, page="/", **changes):
        return self.count(self.hit(person, moment, page, Kind.ENGAGEMENT, **changes))

    def sweep(self, moment):
        self.visits.sweep(self.time(moment))

    def total(self, counter, dimension="", value=None):
        """Sum a counter over all hours."""
        return sum(self.by_hour(counter, dimension, value).values())

    def by_hour(self, counter, dimension="", value=None):
        """Return a counter that is not 0 by the start of its hour, UTC."""
        hours = Counter()
        for (name, hour, told, counted), amount in self._traffic.items():
            if (name, counted) == (dimension, counter) and value in (None, told):
                hours[datetime.fromtimestamp(hour, UTC).strftime("%Y-%m-%d %H:%M")] += amount
        return {hour: amount for hour, amount in hours.items() if amount}

    def values(self, counter, dimension):
        """Return a counter that is not 0 by the dimension's values."""
        values = Counter()
        for (name, _, told, counted), amount in self._traffic.items():
            if (name, counted) == (dimension, counter):
                values[told] += amount
        return {value: amount for value, amount in values.items() if amount}

    def crossed(self, counter, a, b):
        """Return a counter that is not 0 by day and values of a pair."""
        return {
            (str(date(1970, 1, 1) + timedelta(days=day)), *values): amount
            for (*names, day, value_a, value_b, counted), amount in self._crosstabs.items()
            if [*names, counted] == [a, b, counter] and amount
            for values in [(value_a, value_b)]
        }
