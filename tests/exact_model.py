"""A slow, exact model of what is counted: the definitions, applied to whole visits at the end.

It shares no code with the product but the types of its input and the names of its output.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ingest.visit.hit import Hit, Kind

GAP = 1800
HIT_PLACES = ("page", "section", "hostname")
OF_PLACES = ("engagement", "scroll", "scroll_visits")
"""Counters that the totals and places have, and no visit-wide dimension."""
HOW = (
    "channel",
    "source",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
)
WHO = (
    "country",
    "region",
    "city",
    "provider",
    "language",
    "browser",
    "browser_version",
    "os",
    "os_version",
    "device",
    "screen",
)
NINE = (
    "channel",
    "source",
    "utm_campaign",
    "entry_page",
    "country",
    "language",
    "browser",
    "os",
    "device",
)


class Sent(NamedTuple):
    """A hit and who sent it, which only the model may know."""

    person: str
    hit: Hit


class ModelVisit:
    """All hits of a visit."""

    def __init__(self, number, sent, place):
        self.number = number
        self.person = sent.person
        self.site = sent.hit.site
        self.hits = []
        self.hour, self.day = place
        self.told = {}
        """Free texts as told, by day and dimension."""

    def last(self):
        return max(hit.time for hit, *_ in self.hits)

    def wide(self, day):
        """Value of each visit-wide dimension but the exit page, as told on `day`."""
        first = self.hits[0][0]
        values = dict(zip(HOW, first.how, strict=True)) | {"entry_page": first.where.page}
        values |= dict(zip(WHO, first.who, strict=True))
        return values | self.told[day]


def local(hit):
    """Start of the local hour (seconds, UTC) and local date."""
    moment = datetime.fromtimestamp(hit.time, hit.site.timezone)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return int(hour.astimezone(UTC).timestamp()), moment.date()


class Model:
    """Replays hits in the order of their arrival; then `traffic` and `crosstabs` have the answer."""

    def __init__(self, sent):
        self.visits = []
        self.dropped = 0
        self._free = defaultdict(set)
        self._labels = []
        running = {}
        for one in sent:
            self._replay(one, running)
        self.traffic = Counter()
        self.crosstabs = Counter()
        self._tell()

    def _replay(self, one, running):
        hit = one.hit
        place = local(hit)
        visit = running.get((hit.site.domain, one.person))
        if visit and not self._goes_on(visit, hit, place[1]):
            visit = None
        if hit.kind is Kind.ENGAGEMENT and not (
            visit and any(hit.where.page == other.where.page for other, *_ in visit.hits)
        ):
            self.dropped += 1
            if visit is None:
                running.pop((hit.site.domain, one.person), None)
            return
        if visit is None:
            visit = ModelVisit(len(self.visits), one, place)
            self.visits.append(visit)
            running[hit.site.domain, one.person] = visit
        if place[1] not in visit.told:
            first = visit.hits[0][0] if visit.hits else hit
            visit.told[place[1]] = {
                name: self._admit(one, place[1], name, getattr(first.how, name))
                for name in ("utm_content", "utm_term")
            }
        labels = [("event", hit.event)] if hit.event else []
        labels += [("goal", goal) for goal in hit.goals]
        for name, value in hit.props:
            dimension = f"prop:{name}"
            labels.append((dimension, self._admit(one, place[1], dimension, value)))
        visit.hits.append((hit, place, labels))

    @staticmethod
    def _goes_on(visit, hit, day):
        started = visit.hits[0][0].time
        in_time = started - GAP <= hit.time <= visit.last() + GAP
        return in_time and abs(day - visit.day) <= timedelta(days=1)

    def _admit(self, one, day, dimension, value):
        if value == "(none)":
            return value
        people = self._free[one.hit.site.domain, day, dimension, value]
        people.add(one.person)
        return value if len(people) >= one.hit.site.k else "(other)"

    def _tell(self):
        cells = Counter()
        for table, key, counter, amount in self._facts():
            if table == "traffic":
                self.traffic[(*key, counter)] += amount
            else:
                cells[(*key, counter)] += amount
        k = {visit.site.domain: visit.site.k for visit in self.visits}
        for (*key, counter), amount in cells.items():
            crowd = k[key[0]]
            if crowd == 1 or cells[(*key, "visitors")] >= crowd:
                self.crosstabs[(*key, counter)] += amount
        self.traffic = {key: n for key, n in self.traffic.items() if n}
        self.crosstabs = {key: n for key, n in self.crosstabs.items() if n}

    def _facts(self):
        for visit in self.visits:
            yield from self._wide_facts(visit)
            yield from self._place_facts(visit)
            yield from self._exit_page_facts(visit)
        yield from self._visitor_facts()
        yield from self._exit_visitor_facts()

    def _rows(self, visit, place, values, counter, amount):
        """A fact about a visit: totals, each dimension, and each pair of the nine."""
        if not amount:
            return
        hour, day = place
        site = visit.site.domain
        yield "traffic", (site, hour, "", ""), counter, amount
        if counter in OF_PLACES:
            return
        for name, value in values.items():
            yield "traffic", (site, hour, name, value), counter, amount
        for i, a in enumerate(NINE):
            for b in NINE[i + 1 :]:
                key = (site, day, a, b, values[a], values[b])
                yield "crosstabs", key, counter, amount

    def _hit_rows(self, visit, place, dimension, value, counter, amount):
        """A fact about a value of a hit's dimension."""
        if not amount:
            return
        hour, day = place
        yield "traffic", (visit.site.domain, hour, dimension, value), counter, amount
        if dimension in ("page", "event", "goal"):
            values = visit.wide(day)
            for b in NINE:
                key = (visit.site.domain, day, dimension, b, value, values[b])
                yield "crosstabs", key, counter, amount

    @staticmethod
    def _brought(visit):
        """Each hit with what it brings at its own hour."""
        deepest = {}
        for hit, place, labels in visit.hits:
            counts = {
                "pageviews": int(hit.kind is Kind.PAGEVIEW),
                "events": int(hit.kind is Kind.EVENT),
                "engagement": hit.engaged,
            }
            if hit.kind is Kind.ENGAGEMENT:
                page = hit.where.page
                counts["scroll"] = max(0, hit.scroll - deepest.get(page, 0))
                counts["scroll_visits"] = int(page not in deepest)
                deepest[page] = max(hit.scroll, deepest.get(page, 0))
            yield hit, place, labels, counts

    @staticmethod
    def _changes(visit):
        """What the visit as a whole counts at the hour in which it began."""
        hits = [hit for hit, *_ in visit.hits]
        pageviews = sum(hit.kind is Kind.PAGEVIEW for hit in hits)
        interacted = any(hit.kind is Kind.EVENT and hit.interactive for hit in hits)
        return {
            "bounces": int(pageviews <= 1 and not interacted),
            "duration": visit.last() - hits[0].time,
        }

    def _wide_facts(self, visit):
        start = (visit.hour, visit.day)
        for _, place, _, counts in self._brought(visit):
            for counter, amount in counts.items():
                yield from self._rows(visit, place, visit.wide(place[1]), counter, amount)
        for counter, amount in ({"visits": 1} | self._changes(visit)).items():
            yield from self._rows(visit, start, visit.wide(visit.day), counter, amount)

    def _place_facts(self, visit):
        start = (visit.hour, visit.day)
        seen = set()
        for hit, place, labels, counts in self._brought(visit):
            values = list(zip(HIT_PLACES, hit.where, strict=True))
            for dimension, value in values:
                for counter, amount in counts.items():
                    yield from self._hit_rows(visit, place, dimension, value, counter, amount)
            for dimension, value in labels:
                for counter in ("pageviews", "events"):
                    yield from self._hit_rows(
                        visit, place, dimension, value, counter, counts[counter]
                    )
            seen.update(values + labels)
        for dimension, value in seen:
            yield from self._hit_rows(visit, start, dimension, value, "visits", 1)
        entry = visit.hits[0][0].where
        exits = [hit.where for hit, *_ in visit.hits if hit.kind is not Kind.ENGAGEMENT][-1]
        for i, dimension in enumerate(HIT_PLACES):
            for counter, amount in ({"entries": 1} | self._changes(visit)).items():
                yield from self._hit_rows(visit, start, dimension, entry[i], counter, amount)
            yield from self._hit_rows(visit, start, dimension, exits[i], "exits", 1)

    def _exit_page_facts(self, visit):
        exits = [hit.where for hit, *_ in visit.hits if hit.kind is not Kind.ENGAGEMENT][-1]
        totals = Counter({"visits": 1} | self._changes(visit))
        for *_, counts in self._brought(visit):
            totals.update({name: n for name, n in counts.items() if name not in OF_PLACES})
        for counter, amount in totals.items():
            key = (visit.site.domain, visit.hour, "exit_page", exits.page)
            yield "traffic", key, counter, amount

    def _visitor_facts(self):
        """The first time in the visitor's day, in the order of arrival over all visits."""
        seen = set()

        def first(*thing):
            new = thing not in seen
            seen.add(thing)
            return new

        for visit in self.visits:
            for hit, place, labels in visit.hits:
                me = (visit.person, visit.site.domain, place[1])
                hour_of_me = (visit.person, visit.site.domain, place[0])
                values = visit.wide(place[1])
                yield from self._wide_visitor(visit, place, values, me, "visitors", first)
                yield from self._wide_visitor(
                    visit, place, values, hour_of_me, "hour_visitors", first
                )
                things = [*zip(HIT_PLACES, hit.where, strict=True), *labels]
                for dimension, value in things:
                    yield from self._value_visitor(
                        visit, place, values, me, dimension, value, first
                    )

    def _wide_visitor(self, visit, place, values, me, counter, first):
        site, (hour, day) = visit.site.domain, place
        crossed = counter == "visitors"
        is_new = first(counter, me)
        if is_new:
            yield "traffic", (site, hour, "", ""), counter, 1
        for name, value in values.items():
            varies = name not in WHO or name == "screen"
            if first(counter, me, name, value) if varies else is_new:
                yield "traffic", (site, hour, name, value), counter, 1
        for i, a in enumerate(NINE if crossed else ()):
            for b in NINE[i + 1 :]:
                pair = (values[a], values[b] if b not in WHO else "")
                if is_new if a in WHO else first(me, a, b, pair):
                    yield "crosstabs", (site, day, a, b, values[a], values[b]), "visitors", 1

    def _value_visitor(self, visit, place, values, me, dimension, value, first):
        site, (hour, day) = visit.site.domain, place
        is_new = first(me, "value", dimension, value)
        if is_new:
            yield "traffic", (site, hour, dimension, value), "visitors", 1
        if dimension not in ("page", "event", "goal"):
            return
        for b in NINE:
            if is_new if b in WHO else first(me, "value", dimension, value, b, values[b]):
                yield "crosstabs", (site, day, dimension, b, value, values[b]), "visitors", 1

    def _exit_visitor_facts(self):
        """A visitor counts once a day at each page where visits of that day ended.

        What happens after midnight moves the count along.
        """
        seen = set()
        for visit in self.visits:
            pages = [
                (hit.where.page, place[1])
                for hit, place, _ in visit.hits
                if hit.kind is not Kind.ENGAGEMENT
            ]
            that_day = [page for page, day in pages if day == visit.day][-1]
            thing = (visit.person, visit.site.domain, visit.day, that_day)
            if thing not in seen:
                seen.add(thing)
                for counter in ("visitors", "hour_visitors"):
                    key = (visit.site.domain, visit.hour, "exit_page", pages[-1][0])
                    yield "traffic", key, counter, 1
