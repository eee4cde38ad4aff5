"""Runs the pipeline under load: hits that arrive together are folded and synced together."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import ClassVar, TypeVar

import msgspec

from ingest.anonymize.raw_hit import RawHit
from ingest.pipeline import Arrival, Pipeline
from ingest.receive.batch import TimedHit
from ingest.receive.problem import Problem
from ingest.spool.spool import Spool
from ingest.spool.transaction import SpoolError
from ingest.store.drops import DropReason
from ingest.visit.handover import Handover

_log = logging.getLogger("footfall")
_SWEEP_EVERY = 1.0
_RETRY_AFTER = 30
"""Seconds after which a refused sender may try again."""
_SLICE = 100
"""Hits of a batch that are anonymized at once; between slices others have their turn."""
_CLOSED_FOR = 1.0
"""Seconds in which nothing is tried after the spool has failed."""
_APART, _LARGE_GROUP = 0.003, 32
"""Seconds from the beginning of a group to that of the next, unless so many hits wait. To commit a group
costs as much as ten hits: at some thousand hits a second it took a third of the processor."""
_REST, _LONGEST_REST = 30, 1.0
"""Times as long as a group took, and seconds, for which hits wait once the spool is nearly full."""
_SMALL_GROUP, _MOST_UNRELEASED = 16, 1_536
"""Hits. Pairs are released with every group that is small, as time is at hand then; under load when
so many hits wait for it, and once a second."""


_Dropped = Sequence[DropReason | None]
"""For each arrival why it was dropped; None if it is counted."""
Tell = Callable[[DropReason | Exception | None], None]
"""Tells a sender, once, that its hit is counted (None), why it is dropped, or what failed."""


class _Waiting(msgspec.Struct, frozen=True, gc=False):
    """A hit that waits for its commit."""

    arrivals: list[Arrival]
    tell: Tell
    hits: ClassVar[int] = 1

    def answer(self, dropped: _Dropped) -> None:
        self.tell(_outcome(dropped))

    def fail(self, error: Exception) -> None:
        self.tell(error)


class _WaitingBatch(msgspec.Struct, frozen=True, gc=False):
    """Hits that are answered together."""

    arrivals: list[Arrival]
    sizes: list[int]
    """Arrivals of each hit."""
    told: asyncio.Future[Counter[DropReason | None]]

    @property
    def hits(self) -> int:
        return len(self.sizes)

    def answer(self, dropped: _Dropped) -> None:
        if len(dropped) == len(self.sizes):  # each hit was for one site, as nearly always
            _resolve(self.told, Counter(dropped))
            return
        rest = iter(dropped)
        outcomes = (_outcome(tuple(islice(rest, size))) for size in self.sizes)
        _resolve(self.told, Counter(outcomes))

    def fail(self, error: Exception) -> None:
        _resolve(self.told, error)


_Group = list[_Waiting | _WaitingBatch]
_News = TypeVar("_News")
_Outcome = TypeVar("_Outcome")


class Collector:
    """Takes raw hits, and answers each once its counters are on disk."""

    def __init__(
        self,
        pipeline: Pipeline,
        spool: Spool,
        handover: Handover,
        clock: Callable[[], float],
        pressure: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970 (UTC), `pressure` is the shipper's."""
        self._pipeline = pipeline
        self._spool = spool
        self._handover = handover
        self._clock = clock
        self._pressure = pressure
        self._group: _Group = []
        self._has_work = asyncio.Event()
        self._sweeps = self._ends = False
        self._closed_until = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self.acknowledged = 0
        self.refused = 0
        self.dropped: Counter[str] = Counter()

    @property
    def visits(self) -> int:
        """Running visits."""
        return self._pipeline.visits

    def current(self) -> Counter[str]:
        """Return how many visitors each site has now."""
        return self._pipeline.current(int(self._clock()))

    async def collect(self, raw: RawHit) -> DropReason | None:
        """Count a hit. Returns when it is safe: None, or why it was dropped for all its sites.

        Raises a Problem if the spool cannot take it; then nothing of it is counted.
        """
        told: asyncio.Future[DropReason | None] = asyncio.get_running_loop().create_future()
        self.take(raw, partial(_resolve, told))
        return await told

    def take(self, raw: RawHit, tell: Tell) -> None:
        """Count a hit; `tell` is called when it is safe, or at once if the spool cannot take it."""
        if not self._is_open():
            self.refused += 1
            tell(_unavailable())
            return
        self._group.append(_Waiting(self._pipeline.anonymize(raw, int(self._clock())), tell))
        self._has_work.set()

    async def collect_all(self, hits: Sequence[TimedHit]) -> Counter[DropReason | None]:
        """Count hits, each at its own time, in one group: all of them or, with a Problem, none.

        Returns how many were dropped, by reason; None is for those that were counted. The hits of
        a day that is over are told apart by visitor within the group alone, as the key of that day
        and all that was remembered of it are gone.
        """
        arrivals: list[Arrival] = []
        sizes: list[int] = []
        for start in range(0, len(hits), _SLICE):
            for hit in hits[start : start + _SLICE]:
                of_hit = self._pipeline.anonymize(hit.raw, hit.time)
                arrivals += of_hit
                sizes.append(len(of_hit))
            await asyncio.sleep(0)
        if not self._is_open():
            self.refused += len(hits)
            raise _unavailable()
        told: asyncio.Future[Counter[DropReason | None]]
        told = asyncio.get_running_loop().create_future()
        self._group.append(_WaitingBatch(arrivals, sizes, told))
        self._has_work.set()
        return await told

    async def start(self) -> None:
        """Begin to commit and to sweep."""
        self._handover.begin(self._pipeline.freeze)
        self._tasks = [asyncio.create_task(work()) for work in (self._commit, self._sweep)]

    async def stop(self) -> None:
        """Hand over and end. The server has answered all requests by now."""
        commit, sweep = self._tasks
        sweep.cancel()
        with suppress(asyncio.CancelledError):
            await sweep
        self._ends = self._sweeps = True
        self._has_work.set()
        await commit
        self._handover.begin(self._pipeline.freeze)
        self._handover.close()

    def _is_open(self) -> bool:
        """Tell whether hits can be kept. The first of a group asks for all: looking costs."""
        return bool(self._group) or (
            asyncio.get_running_loop().time() >= self._closed_until and self._spool.has_room()
        )

    async def _commit(self) -> None:
        """Group commit: while one group is synced, the next one gathers."""
        clock, begun, ends = asyncio.get_running_loop().time, 0.0, False
        while not ends:
            await self._has_work.wait()
            if len(self._group) < _LARGE_GROUP:
                await asyncio.sleep(begun + _APART - clock())
            begun = clock()
            await self._gather()
            self._has_work.clear()
            now, ends = int(self._clock()), self._ends
            group, self._group = self._group, []
            sweeps, self._sweeps = self._sweeps, False
            if group or (sweeps and self._pipeline.unreleased):
                await self._commit_or_refuse(group, sweeps or self._releases_with(_hits(group)))
                await self._give_way(clock() - begun)
            # Hits of before `now` are all counted, so a midnight that has passed can be swept.
            has_ended = sweeps and self._pipeline.sweep(now)
            if has_ended:
                self._handover.begin(self._pipeline.freeze)
            elif self._handover.is_long:
                self._handover.renew(self._pipeline.freeze)

    async def _gather(self) -> None:
        """Let hits join the group as long as each look at the sockets brings some.

        Those whose answers the last group has just written send the next ones within microseconds.
        """
        size = 0
        while len(self._group) > size:
            size = len(self._group)
            await asyncio.sleep(0)

    async def _give_way(self, took: float) -> None:
        """Leave the core to shipping for a while after a group, the longer the more waits for it.

        Hits that come meanwhile share the next group, which makes them cheaper, too.
        """
        pressure = self._pressure()
        if pressure and not self._ends:
            await asyncio.sleep(min(_REST * took * pressure, _LONGEST_REST))

    async def _commit_or_refuse(self, group: _Group, releases: bool) -> None:
        try:
            dropped = await self._commit_group(group, releases)
        except Exception as error:  # noqa: BLE001 (each sender is told; the next group may do)
            self.refused += _hits(group)
            _fail(group, error)
            return
        self.acknowledged += _hits(group)
        self.dropped.update(reason.value for reason in dropped if reason)
        first = 0
        for waiting in group:
            after = first + len(waiting.arrivals)
            _tell(waiting.answer, dropped[first:after])
            first = after

    async def _commit_group(self, group: _Group, releases: bool) -> list[DropReason | None]:
        arrivals = [arrival for waiting in group for arrival in waiting.arrivals]
        self._note(self._pipeline.note(self._spool.last_part + 1, arrivals, releases))
        try:
            records, dropped = self._pipeline.fold(arrivals, releases)
            await asyncio.to_thread(self._spool.append, records)
        except Exception:
            self._take_back()
            raise
        return dropped

    def _releases_with(self, hits: int) -> bool:
        return hits < _SMALL_GROUP or self._pipeline.unreleased + hits > _MOST_UNRELEASED

    def _note(self, note: bytes) -> None:
        if not self._handover.note(note):
            self._handover.begin(self._pipeline.freeze)
            self._handover.note(note)

    def _take_back(self) -> None:
        """Remember nothing of a group that could not be spooled, and pause."""
        self._closed_until = asyncio.get_running_loop().time() + _CLOSED_FOR
        self._handover.take_back()
        self._pipeline.remember(self._handover.frames(), last_part=None)
        self._handover.begin(self._pipeline.freeze)

    async def _sweep(self) -> None:
        """Have what time has ended forgotten, in the handover file too."""
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            self._sweeps = True
            self._has_work.set()


def _hits(group: _Group) -> int:
    return sum([waiting.hits for waiting in group])


def _outcome(dropped: _Dropped) -> DropReason | None:
    """Return what is told of a hit: that it is counted, if it is for any of its sites."""
    return None if None in dropped else dropped[0]


def _fail(group: _Group, error: Exception) -> None:
    """Tell every sender of a group that none of it is counted."""
    if isinstance(error, SpoolError):
        _log.error("hits are refused: %s", error)
        error = _unavailable()
    for waiting in group:
        _tell(waiting.fail, error)


def _tell(tell: Callable[[_News], None], news: _News) -> None:
    """Tell a sender; one that cannot be told keeps nobody else from being told."""
    try:
        tell(news)
    except Exception as error:  # noqa: BLE001
        _log.error("a sender could not be told: %s", type(error).__name__)


def _resolve(told: asyncio.Future[_Outcome], outcome: _Outcome | Exception) -> None:
    if told.done():  # the sender has gone
        return
    if isinstance(outcome, Exception):
        told.set_exception(outcome)
    else:
        told.set_result(outcome)


def _unavailable() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "the hit cannot be kept at the moment", _RETRY_AFTER
    )
