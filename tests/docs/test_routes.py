"""Every route is told: in the OpenAPI document, and in the README."""

import asyncio
from pathlib import Path

import pytest

from ingest.app import App
from ingest.receive.receiver import PATHS
from ingest.settings import Settings, Site
from queries.documentation.openapi import openapi

README = (Path(__file__).parents[2] / "README.md").read_text()
FOR_LOOKING_AT = {"/", "/embed", "/dashboard/{version}/{path:path}", "/sample/{path:path}"}
"""The dashboard and the sample site, which are no interface."""


def test_every_route_served_is_in_the_document_and_no_other(tmp_path):
    app = App(Settings(data=tmp_path, sites=(Site(domain="example.com"),)))
    asyncio.run(_start_and_stop(app))
    served = {route.path for route in app._others.routes} - FOR_LOOKING_AT
    assert served | PATHS == set(openapi()["paths"])


async def _start_and_stop(app: App) -> None:
    async with app._lifespan(app._others):
        pass


@pytest.mark.parametrize("path", openapi()["paths"])
def test_every_route_is_in_the_readme(path):
    assert path in README
