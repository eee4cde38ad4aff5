"""An answer as CSV (RFC 4180), row by row as ClickHouse sends it, safe to open in a spreadsheet."""

import asyncio
import csv
import io
import re
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ingest.store.client import Store, StoreError
from queries.document import LEVEL
from queries.flat import flat
from queries.parameters import Asked
from queries.plan import Plan
from queries.problem import ProblemError
from queries.request import Pagination
from queries.run import problem_of, stream
from queries.sql import write

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins with one of them runs as a formula in spreadsheets
(https://owasp.org/www-community/attacks/CSV_Injection)."""
_ALL_ROWS = 4_000_000_000
_AT_ONCE = 4
"""Downloads at a time: each holds a query open for as long as its reader takes."""
_RETRY_AFTER = "10"
_GZIP = 31
"""What zlib calls gzip's form."""
_LONGEST = 600
"""Seconds after which a reader who does not read is left."""


class Downloads:
    """The CSV downloads that are under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way = 0

    async def open(self, plan: Plan, asked: Asked, is_zipped: bool) -> StreamingResponse:
        """Return the download of a plan's rows, or raise a ProblemError before the first byte.

        What goes wrong later breaks the download off, so nobody takes a part for the whole.
        """
        if self._under_way >= _AT_ONCE:
            raise ProblemError(
                429,
                f"{_AT_ONCE} downloads are under way; try again later",
                headers={"Retry-After": _RETRY_AFTER},
            )
        self._under_way += 1
        try:
            parts = self._store.each(_zipped if is_zipped else _lines, plan, asked)
            first = await run_in_threadpool(next, parts)
        except BaseException as error:
            self._under_way -= 1
            if isinstance(error, StoreError):
                raise problem_of(error) from None
            raise
        headers = {"content-encoding": "gzip"} if is_zipped else {}
        return _Download(self, first, parts, asked.title, headers)

    async def end(self, parts: Generator[bytes]) -> None:
        """Let go of the query of a download."""
        self._under_way -= 1
        await run_in_threadpool(parts.close)


class _Download(StreamingResponse):
    def __init__(
        self,
        downloads: Downloads,
        first: bytes,
        others: Generator[bytes],
        title: str,
        headers: dict[str, str],
    ) -> None:
        super().__init__(
            chain([first], others),
            media_type="text/csv; header=present",
            headers={
                "content-disposition": f'attachment; filename="{file_name(title)}"',
                "cache-control": "private, no-store",
                "vary": "accept-encoding",
                **headers,
            },
        )
        self._end = partial(downloads.end, others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(_LONGEST):
                await super().__call__(scope, receive, send)
        finally:
            await self._end()


def file_name(title: str) -> str:
    """Return a file's name that every system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", title)[:150].strip("-.") + ".csv"


def _whole(plan: Plan) -> Plan:
    pages = Pagination(limit=_ALL_ROWS, offset=plan.query.pagination.offset)
    return plan._replace(query=plan.query._replace(pagination=pages))


def _lines(store: Store, plan: Plan, asked: Asked) -> Iterator[bytes]:
    """Yield the download's parts; what goes wrong at once goes wrong before the first."""
    blocks = stream(store, write(_whole(plan) if asked.unlimited else plan).rows)
    yield _block([asked.columns, *flat(plan, next(blocks, []))])
    for block in blocks:
        yield _block(flat(plan, block))


def _zipped(store: Store, plan: Plan, asked: Asked) -> Iterator[bytes]:
    packing = zlib.compressobj(LEVEL, wbits=_GZIP)
    for part in _lines(store, plan, asked):
        yield packing.compress(part)
    yield packing.flush()


def _block(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    """Return the value, a text that would be a formula as a text."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
