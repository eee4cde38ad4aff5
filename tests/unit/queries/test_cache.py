import asyncio
from collections.abc import Awaitable, Callable

import pytest

from queries.cache import Cache, key_of
from queries.document import Document, sealed


class Source:
    """Makes numbered bodies, each on a word."""

    def __init__(self) -> None:
        self.made = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> Document:
        self.made += 1
        number = self.made
        await self.go.wait()
        return sealed(b"body %d" % number)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _run(scene: Callable[[Source, Clock], Awaitable[None]]) -> None:
    async def play() -> None:
        await scene(Source(), Clock())

    asyncio.run(play())


def test_an_answer_serves_for_its_time():
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(2, ticks=clock)
        first = await cache.find(b"a", source)
        clock.now = 1.9
        assert await cache.find(b"a", source) is first
        clock.now = 2.0
        assert (await cache.find(b"a", source)).body == b"body 2"

    _run(scene)


def test_who_asks_at_once_waits_for_one_answer():
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(0, ticks=clock)
        found = await asyncio.gather(*(cache.find(b"a", source) for _ in range(50)))
        assert {document.body for document in found} == {b"body 1"}
        assert (await cache.find(b"b", source)).body == b"body 2"

    _run(scene)


def test_time_counts_from_the_question():
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(2, ticks=clock)
        source.go.clear()
        slow = asyncio.create_task(cache.find(b"a", source))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.now = 5.0
        source.go.set()
        assert (await slow).body == b"body 1"
        assert (await cache.find(b"a", source)).body == b"body 2"

    _run(scene)


def test_who_goes_away_stops_nobody_else():
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(2, ticks=clock)
        source.go.clear()
        first, second = (asyncio.create_task(cache.find(b"a", source)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        source.go.set()
        assert (await second).body == b"body 1"
        with pytest.raises(asyncio.CancelledError):
            await first

    _run(scene)


def test_errors_are_told_to_all_who_wait_and_not_kept():
    async def scene(source: Source, clock: Clock) -> None:
        async def fail() -> bytes:
            await asyncio.sleep(0)
            raise ValueError("no")

        cache = Cache(2, ticks=clock)
        found = await asyncio.gather(
            *(cache.find(b"a", fail) for _ in range(3)), return_exceptions=True
        )
        assert [str(each) for each in found] == ["no"] * 3
        assert (await cache.find(b"a", source)).body == b"body 1"

    _run(scene)


@pytest.mark.parametrize(("entries", "size"), [(3, 1_000), (1_000, 18)])
def test_the_oldest_go_first_and_memory_is_bounded(entries: int, size: int):
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(2, entries, size, clock)
        for number in range(9):
            await cache.find(b"%d" % number, source)
        assert (len(cache._kept), cache._bytes) == (3, 18)
        await cache.find(b"8", source)
        assert source.made == 9
        await cache.find(b"0", source)
        assert source.made == 10

    _run(scene)


def test_what_is_larger_than_all_room_is_told_and_not_kept():
    async def scene(source: Source, clock: Clock) -> None:
        cache = Cache(2, size=5, ticks=clock)
        assert (await cache.find(b"a", source)).body == b"body 1"
        assert (cache._kept, cache._bytes) == ({}, 0)

    _run(scene)


def test_a_tag_tells_bodies_apart():
    assert sealed(b"a") == sealed(b"a")
    assert sealed(b"a").etag != sealed(b"b").etag
    assert isinstance(sealed(b""), Document)


def test_a_key_tells_values_and_their_types_apart():
    keys = {key_of(*parts) for parts in [("a", "b"), ("ab",), ("a", ("b",)), (1,), ("1",)]}
    assert len(keys) == 5
    assert key_of("\ud800") == key_of("\ud800")
