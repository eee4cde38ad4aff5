"""Downloads: a few at a time, let go of when they end, and never a part taken for the whole."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.responses import StreamingResponse
from stores import KINDS

from ingest.store.client import Store
from queries.parameters import read_query
from queries.plan import Plan, choose
from queries.problem import ProblemError
from queries.request import parse
from queries.spreadsheet import Downloads
from tests.unit.queries.conftest import SITE

STORES = KINDS

ASKED = read_query(
    [
        ("site_id", SITE.domain),
        ("metrics", "visitors"),
        ("date_range", "7d"),
        ("dimensions", "event:page"),
        ("format", "csv"),
    ]
)


class FailingStore(Store):
    """A store whose stream breaks after its first block."""

    def __init__(self) -> None:
        self.closed = False

    def stream(self, *_: object):
        try:
            yield [("/a", 1)]
            raise RuntimeError("broken")
        finally:
            self.closed = True


@pytest.fixture
def csv_plan() -> Plan:
    return choose(parse(ASKED.body, lambda _: (SITE,), 1_795_444_200.0))


async def _send(response: StreamingResponse, leaves_after: int = 0) -> list[bytes]:
    """Play a server that sends a response, to a client that may leave after so many parts."""
    bodies: list[bytes] = []
    leaves = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        bodies.append(message.get("body", b""))
        if len(bodies) == leaves_after:
            leaves.set()

    await response({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    return bodies


def test_a_few_run_at_a_time(store: Store, csv_plan: Plan):
    async def scene() -> None:
        downloads = Downloads(store)
        opened = [await downloads.open(csv_plan, ASKED, is_zipped=False) for _ in range(4)]
        with pytest.raises(ProblemError) as refused:
            await downloads.open(csv_plan, ASKED, is_zipped=False)
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "10"})
        for response in opened:
            assert b"".join(await _send(response)) == b"event:page,visitors\r\n"
        again = await downloads.open(csv_plan, ASKED, is_zipped=False)
        assert b"".join(await _send(again)) == b"event:page,visitors\r\n"

    asyncio.run(scene())


def test_one_that_breaks_is_broken_off_and_let_go_of(csv_plan: Plan):
    async def scene() -> None:
        store = FailingStore()
        downloads = Downloads(store)
        for _ in range(9):
            with pytest.raises(RuntimeError, match="broken"):
                await _send(await downloads.open(csv_plan, ASKED, is_zipped=False))
            assert store.closed

    asyncio.run(scene())


class EndlessStore(FailingStore):
    """A store whose stream never ends."""

    def stream(self, *_: object):
        try:
            while True:
                yield [("/a", 1)]
        finally:
            self.closed = True


def test_one_whose_reader_leaves_is_let_go_of(csv_plan: Plan):
    async def scene() -> None:
        store = EndlessStore()
        downloads = Downloads(store)
        for _ in range(9):
            assert (
                len(
                    await _send(
                        await downloads.open(csv_plan, ASKED, is_zipped=False), leaves_after=3
                    )
                )
                >= 3
            )
            assert store.closed

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_one_whose_reader_does_not_read_is_let_go_of(csv_plan: Plan, monkeypatch):
    monkeypatch.setattr("queries.spreadsheet._LONGEST", 0.01)

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    async def scene() -> None:
        store = EndlessStore()
        downloads = Downloads(store)
        for _ in range(9):
            response = await downloads.open(csv_plan, ASKED, is_zipped=False)
            with pytest.raises(TimeoutError):
                await response({"type": "http", "asgi": {"spec_version": "2.3"}}, never, never)
            assert store.closed

    asyncio.run(asyncio.wait_for(scene(), 60))
