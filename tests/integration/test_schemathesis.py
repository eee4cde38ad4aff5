"""Schemathesis over the OpenAPI document, against the running command: nothing undocumented."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from server import KEY, Server

from queries.documentation.openapi import openapi

SCHEMA = schemathesis.openapi.from_dict(openapi())
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("schemathesis")
    config = folder / "footfall.toml"
    config.write_text('query_rate = 1_000_000\n[[site]]\ndomain = "example.com"\n')
    with Server(folder / "data", "--config", str(config), site=None) as server:
        yield server.url


@SCHEMA.parametrize()
@settings(max_examples=40)
def test_every_answer_is_documented(case: schemathesis.Case, url: str):
    _open_a_site(case)
    headers = {"authorization": f"Bearer {KEY}"}
    case.call_and_validate(base_url=url, checks=CHECKS, headers=headers)


def _open_a_site(case: schemathesis.Case) -> None:
    """Put the site that the key opens for any other, so that many queries are answered."""
    for part in (case.query, case.body):
        if isinstance(part, dict) and isinstance(part.get("site_id"), str):
            part["site_id"] = "example.com"
