"""What ClickHouse has, against what the exact model says of the hits that were counted."""

from collections import Counter
from enum import Enum
from typing import NamedTuple

import orjson
from exact_model import Model
from exact_model import Sent as ModelHit

from ingest.anonymize.anonymizer import Anonymizer
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import Settings
from ingest.store.client import Store
from ingest.store.tables import COUNTERS, CROSSTABS, TRAFFIC, Table
from ingest.visit.keys import Keyring
from tests.faults.books import ACKNOWLEDGED, REFUSED, Books
from tests.faults.visitors import event, headers

_SHOWN = 12


class Scope(Enum):
    """What of the cells is compared with the model."""

    TIMED = "all but durations, which hang on the second"
    TIMELESS = "what does not hang on the hour either"
    HITS = "that no visits are negative"

    @property
    def counters(self) -> list[str]:
        left_out = ("duration",) if self is Scope.TIMED else ("duration", "hour_visitors")
        return [name for name in COUNTERS if name not in left_out]


class Outcome(NamedTuple):
    """The totals of a trial, in hits."""

    acknowledged: int
    counted: int
    """Times that acknowledged hits were counted."""
    difference: int
    """Acknowledged hits not counted, and hits of any kind counted once too often."""
    refused: int
    unanswered: int
    deviations: list[str]
    """Cells that are not as the model has them; the first of many."""


def judge(books: Books, store: Store, settings: Settings, scope: Scope) -> Outcome:
    """Compare the pages' counts with the books, and all cells with the model."""
    counted = page_counts(store)
    acknowledged = books.pages(ACKNOWLEDGED)
    missing = sum(1 for page in acknowledged if not counted[page])
    surplus = sum(
        count - (page in books.answers and books.answers[page] != REFUSED)
        for page, count in counted.items()
    )
    return Outcome(
        len(acknowledged),
        sum(counted[page] for page in acknowledged),
        missing + surplus,
        books.count(REFUSED),
        books.count(None),
        _negatives(store)
        if scope is Scope.HITS
        else _deviations(_model(books, counted, settings), store, scope),
    )


def page_counts(store: Store) -> Counter:
    """Return the page views of each page."""
    sql = "SELECT value, sum(pageviews) AS n FROM traffic WHERE dimension = 'page' GROUP BY value"
    return Counter({page: count for page, count in store.query(f"{sql} HAVING n") if count})


def _deviations(model: Model, store: Store, scope: Scope) -> list[str]:
    found = []
    for table, cells in ((TRAFFIC, model.traffic), (CROSSTABS, model.crosstabs)):
        right, stored = _expected(cells, scope), _stored(store, table, scope)
        found += [
            f"{table.name} {key}: {stored[key]}, not {right[key]}"
            for key in sorted(right.keys() | stored.keys())
            if right[key] != stored[key]
        ]
    return found[:_SHOWN]


def _negatives(store: Store) -> list[str]:
    """Return cells whose sums cannot be."""
    sums = [f"sum({name})" for name in COUNTERS]
    keys = "site, dimension, value"
    sql = f"SELECT {keys} FROM traffic GROUP BY {keys} HAVING least({', '.join(sums)}) < 0"
    return [f"traffic {key} has a negative counter" for key in store.query(sql)][:_SHOWN]


def _model(books: Books, counted: Counter, settings: Settings) -> Model:
    """Replay the hits that were counted: a hit without an answer may be one of them or not."""
    anonymizer = Anonymizer(settings, Places(bundled_country(), bundled_provider()), Keyring(bytes))
    proxies, site = Proxies(settings.trusted_proxies), settings.sites[0]
    replayed = []
    for sent in books.sent:
        if counted[sent.page]:
            pairs = [
                (name.encode(), value.encode()) for name, value in headers(sent.visitor).items()
            ]
            raw = read_event(
                orjson.dumps(event(sent.page)), read_sender(pairs, "127.0.0.1", proxies)
            )
            hit = anonymizer(raw, site, int(sent.time))
            replayed.append(ModelHit(str(sent.visitor), hit))
    return Model(replayed)


def _expected(cells: dict, scope: Scope) -> Counter:
    summed = Counter()
    for (site, time, *rest, counter), amount in cells.items():
        if counter in scope.counters:
            summed[(site, *([time] if scope is Scope.TIMED else []), *rest, counter)] += amount
    return summed


def _stored(store: Store, table: Table, scope: Scope) -> Counter:
    names = [name for name, _ in table.key if name not in ("site", table.time)]
    time = f"toInt64({table.time})" if table is TRAFFIC else table.time
    keys = ["site", *([time] if scope is Scope.TIMED else []), *names]
    sums = ", ".join(f"sum({name})" for name in scope.counters)
    cells = Counter()
    for row in store.query(f"SELECT {', '.join(keys)}, {sums} FROM {table.name} GROUP BY ALL"):
        for counter, amount in zip(scope.counters, row[len(keys) :], strict=True):
            cells[(*row[: len(keys)], counter)] = amount
    return cells
