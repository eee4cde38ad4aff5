"""P1: the same traffic with other identities leaves the same rows and the same answers."""

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from http import HTTPStatus
from random import Random
from typing import Any, NamedTuple

from ingest.collection import open_places
from ingest.prove.installation import Installation, ProofError
from ingest.prove.people import Identity, Person, draw_identities, draw_people
from ingest.settings import PROFILES, Settings
from ingest.store.dimensions import DIMENSIONS, PAIRS, Scope
from ingest.store.tables import TABLES

_HITS_EACH = 7
_STEPS = (0, 1, 20, 240, 700, 2_000)
"""Seconds between hits: within a visit, within a day, and over midnight."""
_PAGES = ("/", "/pricing", "/blog/bread", "/blog/salt")
_SOURCES = ("", "https://www.google.com/", "https://news.example/")
_METRICS = ["visitors", "visits", "pageviews", "events"]

Key = tuple[Any, ...]
Rows = dict[str, dict[Key, Key]]
"""Of each table, the counters by key; those that are all 0 left out."""


class Step(NamedTuple):
    """A hit, but for who sends it."""

    time: int
    """Seconds since 1970 (UTC)."""
    visitor: int
    page: str
    source: str
    name: str


class Script(NamedTuple):
    """Traffic, but for identities."""

    people: list[Person]
    steps: list[Step]


class World(NamedTuple):
    """What traffic left behind."""

    rows: Rows
    answers: dict[str, Any]


def draw_script(settings: Settings, random: Random) -> Script:
    """Return traffic of a day and a half, by enough visitors to make crowds."""
    people = draw_people(random, min(max(12, 4 * settings.sites[0].k), 80))
    now, steps = int(time.time()) // 3600 * 3600, []
    for _ in range(_HITS_EACH * len(people)):
        now += random.choice(_STEPS)
        visitor = random.randrange(len(people))
        source, name = random.choice(_SOURCES), random.choice(["pageview", "pageview", "Signup"])
        steps.append(Step(now, visitor, random.choice(_PAGES), source, name))
    return Script(people, steps)


def play(copy: Installation, script: Script, random: Random) -> World:
    """Send the traffic, with identities of its own and a `kill -9` midway; return what is left."""
    settings = copy.settings
    with closing(open_places(settings.geo)) as places:
        profile = PROFILES[settings.profile]
        identities = draw_identities(random, script.people, places, profile)
    copy.control.time = script.steps[0].time
    copy.start()
    for number, step in enumerate(script.steps):
        copy.control.time = step.time
        if number == len(script.steps) // 2:
            copy.kill()
            copy.start()
        _send(copy, step, identities[step.visitor])
    copy.wait_until_shipped()
    answers = dict(_ask(copy, {_day(copy, step.time) for step in script.steps}))
    copy.stop()
    return World(_rows(copy), answers)


def differences(one: World, other: World) -> list[str]:
    """Return in what two worlds differ: the key of each row, the name of each answer."""
    rows = [
        f"{table} {key}"
        for table in one.rows.keys() | other.rows.keys()
        for key in _unequal(one.rows.get(table, {}), other.rows.get(table, {}))
    ]
    return rows + [f"answer to {name}" for name in _unequal(one.answers, other.answers)]


def small_crowds(script: Script, world: World, settings: Settings) -> list[str]:
    """P4: return crosstab rows of fewer than k visitors, by their counters or in truth."""
    k, crosstabs = settings.sites[0].k, world.rows["crosstabs"]
    place = [name for name, _ in TABLES[0].counters].index("visitors")
    crowds = _true_crowds(script, settings)
    return [
        str(key)
        for key, counters in crosstabs.items()
        if counters[place] < k or crowds.get(key[1:], k) < k
    ]


def _true_crowds(script: Script, settings: Settings) -> dict[Key, int]:
    """Return how many visitors used a page with a browser and in a language, a day."""
    zone, crowds = settings.sites[0].timezone, dict[Key, set[int]]()
    for step in script.steps:
        day, person = datetime.fromtimestamp(step.time, zone).date(), script.people[step.visitor]
        for name, value in (("browser", person.browser), ("language", person.language)):
            crowds.setdefault(("page", name, day, step.page, value), set()).add(step.visitor)
    return {cell: len(visitors) for cell, visitors in crowds.items()}


def _unequal(one: dict[Any, Any], other: dict[Any, Any]) -> list[str]:
    return [str(key) for key in one.keys() | other.keys() if one.get(key) != other.get(key)]


def _send(copy: Installation, step: Step, identity: Identity) -> None:
    domain, token = copy.settings.sites[0].domain, identity.token
    event = {
        "n": step.name,
        "d": domain,
        "u": f"https://{domain}{step.page}?session={token}#{token}",
        "r": f"{step.source}{token}?q={token}" if step.source else "",
        "p": {"account": token},
        "user": token,
    }
    if copy.send(event, identity.headers).status != HTTPStatus.ACCEPTED:
        raise ProofError("the copy does not take hits, so nothing can be proven")


def _day(copy: Installation, moment: int) -> date:
    return datetime.fromtimestamp(moment, copy.settings.sites[0].timezone).date()


def _ask(copy: Installation, days: set[date]) -> Iterable[tuple[str, Any]]:
    """Yield answers about every dimension and pair, by what was asked."""
    query = {"site_id": copy.settings.sites[0].domain, "metrics": _METRICS}
    query["date_range"] = [min(days).isoformat(), max(days).isoformat()]
    names = [[], ["time:hour"], *([_name(each.name)] for each in DIMENSIONS)]
    names += [[_name(a), _name(b)] for a, b in PAIRS]
    for dimensions in (*names, ["event:props:account"]):
        answer = copy.query(**query, dimensions=dimensions)
        answer.get("meta", {}).pop("freshness", None)
        yield " and ".join(dimensions) or "the totals", answer
    bearer = {"authorization": f"Bearer {copy.key}"}
    for route in ("realtime", "drops"):
        target = f"/api/v2/{route}?site_id={query['site_id']}"
        yield route, copy.ask("GET", target, bearer).body


def _name(stored: str) -> str:
    """Return a dimension's name in queries."""
    scope = next(each.scope for each in DIMENSIONS if each.name == stored)
    if scope is Scope.HIT:
        return "event:name" if stored == "event" else f"event:{stored}"
    return f"visit:{stored}"


def _rows(copy: Installation) -> Rows:
    widths = {table.name: len(table.key) for table in TABLES}
    found: Rows = {}
    for name, rows in copy.tables().items():
        width, sums = widths.get(name, len(rows[0]) if rows else 0), dict[Key, Counter[int]]()
        for row in rows:
            counters = sums.setdefault(row[:width], Counter())
            for place, amount in enumerate(row[width:]):
                counters[place] += amount
        folded = {key: tuple(counters.values()) for key, counters in sums.items()}
        found[name] = {
            key: counters for key, counters in folded.items() if any(counters) or not counters
        }
    return found
