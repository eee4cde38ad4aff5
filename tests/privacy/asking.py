"""Asks the query API of a store, without a socket."""

import asyncio
from contextlib import contextmanager

import httpx
from starlette.applications import Starlette

from queries.app import routes


@contextmanager
def asking(settings, store, now, secret):
    """Give what asks about today at `now`, and returns the answer's document."""
    app = Starlette(routes=routes(settings, store, lambda: now))
    headers = {"authorization": f"Bearer {secret}"}

    async def post(query):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return (await client.post("/api/v2/query", json=query, headers=headers)).json()

    with asyncio.Runner() as runner:

        def ask(**query):
            usual = {"site_id": settings.sites[0].domain, "date_range": "day"}
            return runner.run(post(usual | query))

        yield ask
