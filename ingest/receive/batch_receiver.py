"""The route by which servers send many events at once, as a part of a Starlette application."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from operator import attrgetter

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ingest.receive.answer import refuse
from ingest.receive.batch import TimedHit, read_timed, split_batch
from ingest.receive.problem import Problem
from ingest.settings import Key, find_key, secret_of
from ingest.store.drops import DropReason

PATH = "/api/events"
_SLICE = 100
"""Hits that are read at once; between slices others have their turn."""
_BODY_LIMIT = 16 * 1024 * 1024
CollectAll = Callable[[Sequence[TimedHit]], Awaitable[Counter[DropReason | None]]]


class BatchReceiver:
    """Answers `POST /api/events`."""

    def __init__(
        self, keys: Callable[[], Sequence[Key]], collect: CollectAll, clock: Callable[[], float]
    ) -> None:
        """`collect` takes all hits or none, and returns how many were dropped, by reason, or not.

        `clock` gives seconds since 1970 (UTC).
        """
        self._keys = keys
        self._collect = collect
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Take all events of a request, or none.

        Answers 202 with `{"accepted": 7, "dropped": {"robot": 1}}`, which add up to the events that
        were sent; 401 without a key, 413 over 16 MiB or 10,000 events; and 400, 403 (a site that
        the key does not open) or 422 (a time too far away) with the `index` of the event.
        """
        try:
            told = await self._take(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except Exception as error:  # noqa: BLE001 (a bug must not print what was sent)
            answer = refuse(error)
            headers = {name.decode(): value.decode() for name, value in answer.headers}
            return Response(answer.body, answer.status, headers)
        dropped = {reason.value: count for reason, count in told.items() if reason}
        document = {"accepted": told[None], "dropped": dropped}
        return Response(orjson.dumps(document), HTTPStatus.ACCEPTED, media_type="application/json")

    async def _take(self, request: Request) -> Counter[DropReason | None]:
        key = find_key(self._keys(), secret_of(request.headers.get("authorization", "")))
        if key is None:
            detail = "send a key as the header Authorization: Bearer SECRET"
            raise Problem(HTTPStatus.UNAUTHORIZED, detail)
        hits = await self._read(await _body(request), key)
        return await self._collect(hits) if hits else Counter()

    async def _read(self, body: bytes, key: Key) -> list[TimedHit]:
        now, hits = self._clock(), []
        opened = frozenset(key.sites)
        for index, event in enumerate(split_batch(body)):
            if index % _SLICE == 0:
                await asyncio.sleep(0)
            try:
                hit = read_timed(event, now)
                _check_sites(hit.raw.domains, opened)
            except Problem as problem:
                raise problem.at(index) from None
            hits.append(hit)
        return sorted(hits, key=attrgetter("time"))


def _check_sites(domains: tuple[str, ...], opened: frozenset[str]) -> None:
    if not opened.issuperset(domains):
        raise Problem(HTTPStatus.FORBIDDEN, "d (domain): this key does not open that site")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BODY_LIMIT:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is over 16 MiB")
    return bytes(body)
