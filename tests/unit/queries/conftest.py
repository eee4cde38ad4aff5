from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ingest.settings import Site
from queries.plan import Plan, choose
from queries.request import Query, parse

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).timestamp()
"""A Monday."""
SITE = Site(domain="example.com", timezone=ZoneInfo("Europe/Paris"))

MakeQuery = Callable[..., Query]
MakePlan = Callable[..., Plan]


@pytest.fixture
def query() -> MakeQuery:
    def make(metrics: str = "visitors", date_range: object = "7d", **more: object) -> Query:
        body = {"site_id": SITE.domain, "metrics": metrics.split(), "date_range": date_range}
        return parse(msgspec.json.encode(body | more), lambda _: (SITE,), NOW)

    return make


@pytest.fixture
def plan(query: MakeQuery) -> MakePlan:
    def make(*arguments: object, **more: object) -> Plan:
        return choose(query(*arguments, **more))

    return make
