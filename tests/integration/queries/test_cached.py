"""A wall of dashboards costs one query, and an unchanged answer no bytes."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from ingest.settings import Key, Settings, Site, secret_hash
from ingest.store.client import Store
from queries.app import routes
from tests.integration.queries.website import NOW

QUERY = {"site_id": "a.example", "metrics": ["visits"], "date_range": "day"}
LONG = {**QUERY, "metrics": ["visits", "bounce_rate", "visit_duration", "scroll_depth"]}


class Dashboards:
    """A real application with its cache, asked by many at once."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.selects = 0
        self.clock = NOW
        query = store.query

        def counted(*arguments: object) -> object:
            self.selects += 1
            return query(*arguments)

        monkeypatch.setattr(store, "query", counted)
        sites = (Site(domain="a.example"), Site(domain="b.example", k=1))
        keys = (_key("one", "a.example"), _key("two", "a.example", "b.example"))
        self._app = Starlette(
            routes=routes(Settings(sites=sites, keys=keys), store, lambda: self.clock)
        )

    def ask(self, *requests: dict[str, object]) -> list[httpx.Response]:
        """Send requests at once; each is what httpx takes."""
        return asyncio.run(self._ask(requests))

    async def _ask(self, requests: tuple[dict[str, object], ...]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(*(self._send(client, **each) for each in requests))

    async def _send(
        self, client: httpx.AsyncClient, key: str = "one", **options: object
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"} | options.pop("headers", {})
        method = "POST" if "json" in options else "GET"
        return await client.request(method, "/api/v2/query", headers=headers, **options)


def _key(secret: str, *sites: str) -> Key:
    return Key(name=secret, sha256=secret_hash(secret), sites=sites)


@pytest.fixture
def dashboards(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboards]:
    return Dashboards(store, monkeypatch)


def _url(**more: str) -> dict[str, object]:
    return {"params": {"site_id": "a.example", "metrics": "visits", "date_range": "day", **more}}


def test_a_wall_of_dashboards_costs_one_query(dashboards: Dashboards):
    answers = dashboards.ask(
        *([{"json": QUERY}] * 20),
        *([{"json": QUERY | {"site_id": "www.a.example", "filters": []}}] * 20),
        *([{"json": QUERY, "key": "two"}] * 5),
        *([_url()] * 5),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert dashboards.selects == 1
    assert dashboards.ask({"json": QUERY})[0].content == answers[0].content
    assert dashboards.selects == 1


def test_what_differs_is_asked_anew(dashboards: Dashboards):
    queries = [
        QUERY,
        QUERY | {"site_id": "b.example"},
        QUERY | {"metrics": ["visitors"]},
        QUERY | {"date_range": "7d"},
        QUERY | {"dimensions": ["event:page"]},
        QUERY | {"dimensions": ["event:page"], "filters": [["is", "event:page", ["/"]]]},
        QUERY | {"dimensions": ["event:page"], "filters": [["is_not", "event:page", ["/"]]]},
        QUERY | {"pagination": {"limit": 1}},
        QUERY | {"order_by": [["visits", "asc"]]},
    ]
    dashboards.ask(*({"json": query, "key": "two"} for query in queries * 2))
    assert dashboards.selects == len(queries)


def test_days_are_told_apart_after_they_are_resolved(dashboards: Dashboards):
    dashboards.ask({"json": QUERY}, {"json": QUERY | {"date_range": ["2026-11-23", "2026-11-23"]}})
    assert dashboards.selects == 1
    dashboards.clock += 86_400
    dashboards.ask({"json": QUERY})
    assert dashboards.selects == 2


def test_rows_under_other_names_are_another_answer(dashboards: Dashboards):
    rows = {"format": "rows", "dimensions": "page"}
    dashboards.ask(_url(**rows), _url(**rows), _url(**rows | {"dimensions": "event:page"}))
    assert dashboards.selects == 2


def test_an_answer_that_is_kept_opens_no_other_site(dashboards: Dashboards):
    query = QUERY | {"site_id": "b.example"}
    assert [
        answer.status_code
        for answer in dashboards.ask({"json": query, "key": "two"}, {"json": query, "key": "one"})
    ] == [200, 403]


def test_an_unchanged_answer_is_not_sent_again(dashboards: Dashboards):
    first = dashboards.ask(_url())[0]
    tag = first.headers["etag"]
    for known in (tag, f'"another", {tag}'):
        again = dashboards.ask(_url() | {"headers": {"if-none-match": known}})[0]
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "private, max-age=2"
        assert again.headers["vary"] == "authorization"
    other = dashboards.ask(_url() | {"headers": {"if-none-match": '"another"'}})[0]
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("asked", [{"json": LONG}, _url(metrics=",".join(LONG["metrics"]))])
def test_answers_are_kept_by_the_caller_alone_and_compressed(
    dashboards: Dashboards, asked: dict[str, object]
):
    plain, packed = dashboards.ask(
        asked | {"headers": {"accept-encoding": "identity"}},
        asked | {"headers": {"accept-encoding": "gzip"}},
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert json.loads(packed.content) == json.loads(plain.content)
    assert packed.headers["cache-control"].startswith("private")
    assert packed.headers["vary"].lower() == "authorization, accept-encoding"


def test_a_download_is_compressed_as_it_goes(dashboards: Dashboards):
    asked = _url(format="csv", dimensions="event:page")
    packed = dashboards.ask(asked | {"headers": {"accept-encoding": "gzip"}})[0]
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == "event:page,visits\r\n"
