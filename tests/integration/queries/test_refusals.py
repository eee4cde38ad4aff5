"""What callers are told when there is no answer."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ingest.settings import Key, Settings, Site, secret_hash
from ingest.store.client import Store
from queries.app import BODY_LIMIT, routes
from queries.problem import ProblemError
from queries.run import ask, run
from queries.sql import Statement, Statements
from tests.integration.queries.website import MakeWebsite, Website


def _body(site: Website, **changes: object) -> dict[str, object]:
    return {"site_id": site.domain, "metrics": ["visitors"], "date_range": "day"} | changes


def _problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["error"] == problem["detail"]
    assert problem["type"]
    assert problem["title"]
    return problem


@pytest.mark.parametrize("header", [None, "Basic eDp5", "Bearer", "Bearer wrong", "Bearer é"])
def test_without_a_key_nothing_is_answered(website: MakeWebsite, header: str | None):
    site = website()
    headers = {"Authorization": header.encode("latin-1")} if header else {}
    response = site.send(json=_body(site), headers=headers)
    assert response.headers["www-authenticate"] == "Bearer"
    assert "key" in _problem(response, 401)["detail"]


@pytest.mark.parametrize("domain", ["other.example", "nowhere.example", ""])
def test_another_site_is_forbidden_whether_it_exists_or_not(website: MakeWebsite, domain: str):
    site = website()
    problem = _problem(site.send(json=_body(site, site_id=domain)), 403)
    assert problem["possible"] == [site.domain]


def test_a_body_over_the_limit_is_refused(website: MakeWebsite):
    site = website()
    response = site.send(content=b" " * (BODY_LIMIT + 1))
    assert str(BODY_LIMIT) in _problem(response, 413)["detail"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"\xff"', b"[" * 60_000, b'{"metrics":1}'])
def test_a_body_of_another_form_is_refused(website: MakeWebsite, content: bytes):
    _problem(website().send(content=content), 400)


def test_hours_that_are_no_longer_kept_are_refused_with_what_is(website: MakeWebsite):
    site = website()
    asked = {"dimensions": ["event:page"], "date_range": "24h"}
    year_before = {"comparisons": {"mode": "year_over_year"}}
    problem = _problem(site.send(json=_body(site, **asked, include=year_before)), 422)
    assert problem["field"] == "include.comparisons"
    assert "since 2026-09-23" in problem["detail"]
    asked["date_range"] = ["2025-11-23T10:00:00", "2025-11-23T12:00:00"]
    assert _problem(site.send(json=_body(site, **asked)), 422)["field"] == "date_range"


def test_what_cannot_be_answered_says_what_can(website: MakeWebsite):
    site = website()
    response = site.send(json=_body(site, dimensions=["event:page", "visit:city"]))
    problem = _problem(response, 422)
    assert problem["field"] == "dimensions"
    assert "visit:source" in problem["possible"]["event:page"]
    assert problem["possible"]["visit:city"] == []


def test_other_methods_are_not_allowed(website: MakeWebsite):
    refused = website().send("PUT")
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_caller_who_hangs_up_is_no_error(website: MakeWebsite):
    assert website().hang_up()["status"] == 400


def test_a_query_over_its_time_limit_is_a_504(store: Store, monkeypatch: pytest.MonkeyPatch):
    # ClickHouse notices when it gets to it: on a busy machine, after a caller would have left.
    monkeypatch.setattr("queries.run._PATIENCE", 300)
    endless = Statement("SELECT sum(number) FROM numbers(100000000000)", {})
    with pytest.raises(ProblemError) as caught:
        asyncio.run(ask(store, run, Statements(endless, None, None), 0.2))
    assert caught.value.status == 504


def test_a_query_over_its_memory_limit_is_a_422(store: Store):
    large = Statement("SELECT groupArray(number) FROM numbers(10000000)", {})
    with pytest.raises(ProblemError) as caught:
        asyncio.run(ask(store, run, Statements(large, None, None), 10.0, 10_000_000))
    assert caught.value.status == 422
    assert "fewer" in caught.value.detail


def test_a_store_that_is_away_is_a_503(tmp_path: Path):
    away = Store("http://127.0.0.1:9/nothing", tmp_path)
    site = Site(domain="example.com")
    key = Key(name="test", sha256=secret_hash("made-up"), sites=("example.com",))
    settings = Settings(sites=(site,), keys=(key,))
    app = Starlette(routes=routes(settings, away, lambda: 1_795_444_200.0))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(
                "/api/v2/query",
                headers={"Authorization": "Bearer made-up"},
                json={"site_id": "example.com", "metrics": ["visits"], "date_range": "day"},
            )

    assert "later" in _problem(asyncio.run(ask()), 503)["detail"]
