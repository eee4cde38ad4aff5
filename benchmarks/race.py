"""Asks each question on both sides by turns, compares the answers, and prints how long they take."""

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, NamedTuple

import orjson
from questions import Question
from year import SITE

from ingest.store.client import Store
from queries.pipeline import answer, understand
from queries.render import render

_WARM_UP = 3
_COUNTED, _EXACT = "uniq", "uniqExact"
"""How visitors of the raw schema are counted: as Plausible does it, and to compare the answers."""
_BAR = 40
"""Characters of the bar of the greatest ratio."""

Rows = list[tuple[Any, ...]]


class Took(NamedTuple):
    """What an answer took."""

    time: float
    """Milliseconds."""
    cpu: float
    """Milliseconds of all cores; other load on the machine changes it least."""


class Side:
    """All that the answers of one side took."""

    def __init__(self) -> None:
        self._took: list[Took] = []

    async def ask(self, ask: Callable[[], Awaitable[Rows]], is_warm: bool) -> None:
        """Time an answer; forget it if it only warms up."""
        start = _clocks()
        await ask()
        took = Took(*((now - then) * 1e3 for now, then in zip(_clocks(), start, strict=True)))
        if is_warm:
            self._took.append(took)

    @property
    def median(self) -> float:
        return median(took.time for took in self._took)

    @property
    def cpu(self) -> float:
        return median(took.cpu for took in self._took)

    @property
    def p95(self) -> float:
        times = sorted(took.time for took in self._took)
        return times[round(0.95 * (len(times) - 1))]


class Times(NamedTuple):
    """What both sides took."""

    footfall: Side
    raw: Side

    @property
    def ratio(self) -> float:
        """How many times faster footfall is, by the medians."""
        return self.raw.median / self.footfall.median


class Race:
    """Both sides in one engine, in this process."""

    def __init__(self, store: Store, now: float) -> None:
        self._store = store
        self._now = now

    async def run(self, question: Question, runs: int) -> Times:
        """Return the times of so many warm runs of each side."""
        times = Times(Side(), Side())

        async def ask_raw() -> Rows:
            return self.ask_raw(question, _COUNTED)

        for number in range(_WARM_UP + runs):
            is_warm = number >= _WARM_UP
            await times.footfall.ask(lambda: self.ask_footfall(question), is_warm)
            await times.raw.ask(ask_raw, is_warm)
        return times

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
        plan = await understand(body, lambda _: (SITE,), self._now, self._store)
        results = orjson.loads(render(answer(self._store, plan)))["results"]
        rows = [(*row["dimensions"], *row["metrics"]) for row in results]
        return rows + [
            tuple(row["comparison"]["metrics"]) for row in results if "comparison" in row
        ]

    def ask_raw(self, question: Question, uniq: str) -> Rows:
        """Return the rows that the raw schema answers with."""
        return self._store.query(question.raw.format(uniq=uniq), question.parameters)


def _clocks() -> tuple[float, float]:
    """Return the time and the CPU time of all this process's threads, in seconds."""
    return time.perf_counter(), time.process_time()


def head() -> str:
    """Return the head of the table."""
    return (
        f"{'':20} {'footfall, ms':>22} {'raw, ms':>24} {'raw / footfall':>15}\n"
        f"{'':20} {'median':>7} {'p95':>7} {'CPU':>6} {'median':>8} {'p95':>8} {'CPU':>6}"
        f" {'median':>8} {'CPU':>6}"
    )


def line(question: Question, times: Times) -> str:
    """Return a question's line of the table."""
    ours, theirs = times
    return (
        f"{question.name:20} {ours.median:7.1f} {ours.p95:7.1f} {ours.cpu:6.1f} "
        f"{theirs.median:8.1f} {theirs.p95:8.1f} {theirs.cpu:6.0f} "
        f"{times.ratio:8.1f} {theirs.cpu / ours.cpu:6.1f}"
    )


def bars(measured: dict[str, Times]) -> list[str]:
    """Return a bar for each question, as long as its ratio."""
    most = max(times.ratio for times in measured.values())
    return [
        f"{name:20} {'█' * round(times.ratio / most * _BAR)} {times.ratio:.1f}"
        for name, times in measured.items()
    ]
