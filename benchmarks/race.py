"""Asks each question on both sides by turns, compares the answers, and prints how long they take."""

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, NamedTuple

import orjson
from questions import Question
from year import SITE

from ingest.store.client import Store
from queries.pipeline import answer

_WARM_UP = 3
_COUNTED, _EXACT = "uniq", "uniqExact"
"""How visitors of the raw schema are counted: as Plausible does it, and to compare the answers."""
_BAR = 40
"""Characters of the bar of the greatest ratio."""

Rows = list[tuple[Any, ...]]


class Times(NamedTuple):
    """Milliseconds, in rising order."""

    footfall: list[float]
    raw: list[float]

    @property
    def ratio(self) -> float:
        """How many times faster footfall is, by the medians."""
        return median(self.raw) / median(self.footfall)


class Race:
    """Both sides in one engine, in this process."""

    def __init__(self, store: Store, now: float) -> None:
        self._store = store
        self._now = now

    async def run(self, question: Question, runs: int) -> Times:
        """Return the times of so many warm runs of each side."""
        footfall, raw = [], []
        for number in range(_WARM_UP + runs):
            took = await _timed(lambda: self.ask_footfall(question)), await self._time_raw(question)
            if number >= _WARM_UP:
                footfall.append(took[0])
                raw.append(took[1])
        return Times(sorted(footfall), sorted(raw))

    async def compare(self, question: Question) -> str:
        """Return how the answers agree; raise AssertionError if they should and do not."""
        ours, theirs = await self.ask_footfall(question), self.ask_raw(question, _EXACT)
        if question.is_exact:
            assert ours == theirs, f"{question.name}: {ours[:3]} and {theirs[:3]}"
            return "the same"
        told, whole = (sum(row[-1] for row in rows) for rows in (ours, theirs))
        return f"{told / whole:.1%} of raw"

    async def ask_footfall(self, question: Question) -> Rows:
        """Return the rows that the query API answers with: dimensions, then metrics."""
        body = orjson.dumps(question.query)
        answered = await answer(body, lambda _: (SITE,), self._now, self._store)
        results = orjson.loads(answered)["results"]
        rows = [(*row["dimensions"], *row["metrics"]) for row in results]
        return rows + [
            tuple(row["comparison"]["metrics"]) for row in results if "comparison" in row
        ]

    def ask_raw(self, question: Question, uniq: str) -> Rows:
        """Return the rows that the raw schema answers with."""
        return self._store.query(question.raw.format(uniq=uniq), question.parameters)

    async def _time_raw(self, question: Question) -> float:
        async def ask() -> Rows:
            return self.ask_raw(question, _COUNTED)

        return await _timed(ask)


async def _timed(ask: Callable[[], Awaitable[Rows]]) -> float:
    start = time.perf_counter()
    await ask()
    return (time.perf_counter() - start) * 1e3


def head() -> str:
    """Return the head of the table."""
    return (
        f"{'':20} {'footfall, ms':>15} {'raw, ms':>19} {'raw /':>9}\n"
        f"{'':20} {'median':>8} {'p95':>6} {'median':>10} {'p95':>8} {'footfall':>9}"
    )


def line(question: Question, times: Times) -> str:
    """Return a question's line of the table."""
    ours, theirs = times
    return (
        f"{question.name:20} {median(ours):8.1f} {_p95(ours):6.1f} "
        f"{median(theirs):10.1f} {_p95(theirs):8.1f} {times.ratio:9.1f}"
    )


def bars(measured: dict[str, Times]) -> list[str]:
    """Return a bar for each question, as long as its ratio."""
    most = max(times.ratio for times in measured.values())
    return [
        f"{name:20} {'█' * round(times.ratio / most * _BAR)} {times.ratio:.1f}"
        for name, times in measured.items()
    ]


def _p95(times: list[float]) -> float:
    return times[round(0.95 * (len(times) - 1))]
