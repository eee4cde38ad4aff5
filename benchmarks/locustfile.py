"""Readers who browse a site, and dashboards that query it, in rising numbers.

    FOOTFALL_TRUSTED_PROXIES=127.0.0.1/32 make run
    locust -f benchmarks/locustfile.py --headless --host http://127.0.0.1:8000

A reader opens a page, reads it, says how far, opens the next one, and leaves; then another reader
comes. A dashboard asks one thing after the other.
"""

import random
from typing import Any

import orjson
from locust import FastHttpUser, LoadTestShape, between, events, task
from locust.argument_parser import LocustArgumentParser
from stream import DOMAIN, Hit, headers, ping, view, visitors

_STEPS = (100, 200, 400, 800)
"""Users."""
_MOST_VIEWS = 7
_METRICS = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"]
_QUESTIONS: dict[str, dict[str, Any]] = {
    "totals": {"date_range": "7d"},
    "by hour": {"date_range": "day", "dimensions": ["time:hour"]},
    "pages": {"date_range": "28d", "dimensions": ["event:page"], "pagination": {"limit": 100}},
    "sources": {"date_range": "28d", "dimensions": ["visit:source"]},
    "countries by day": {"date_range": "28d", "dimensions": ["time:day", "visit:country"]},
    "pages from a channel": {
        "date_range": "28d",
        "dimensions": ["event:page"],
        "filters": [["is", "visit:channel", ["Organic Search"]]],
    },
}

_chance = random.Random(1)
_arriving = visitors(_chance)


@events.init_command_line_parser.add_listener
def add_options(parser: LocustArgumentParser) -> None:
    """Add our own options to those of locust."""
    parser.add_argument("--step-seconds", type=int, default=15, help="how long a step takes")
    parser.add_argument("--query-key", default="try-me", help="by default that of `make run`")


class Reader(FastHttpUser):
    """Looks at some pages, one after the other, each time as somebody else."""

    weight = 20
    # Under the 5 seconds after which the server closes an idle connection: locust, unlike a browser,
    # does not try again when its request and that end meet.
    wait_time = between(1, 3)

    @task
    def visit(self) -> None:
        """Go through a visit, from the first page to the last."""
        visitor = next(_arriving)
        for _ in range(_chance.randint(1, _MOST_VIEWS)):
            page = view(visitor, _chance)
            self._send("page view", page)
            self.wait()
            self._send("engagement", ping(page, _chance))

    def _send(self, name: str, hit: Hit) -> None:
        body, head = orjson.dumps(hit.event), headers(hit.visitor)
        self.client.post("/api/event", data=body, headers=head, name=name)


class Dashboard(FastHttpUser):
    """Asks one question after the other."""

    weight = 1
    wait_time = between(5, 15)

    @task
    def ask(self) -> None:
        """Ask what a dashboard shows."""
        key = self.environment.parsed_options.query_key
        for name, question in _QUESTIONS.items():
            query = {"site_id": DOMAIN, "metrics": _METRICS, **question}
            head = {"authorization": f"Bearer {key}"}
            self.client.post(
                "/api/v2/query", data=orjson.dumps(query), headers=head, name=f"query: {name}"
            )


class Steps(LoadTestShape):
    """More users with each step."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there are now, and how many may start a second."""
        step = int(self.get_run_time() / self.runner.environment.parsed_options.step_seconds)
        return (_STEPS[step], _STEPS[step]) if step < len(_STEPS) else None
