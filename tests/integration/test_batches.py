"""`POST /api/events` against the real server: many hits at once, each at its own time, or none."""

import asyncio
import time
from datetime import UTC, datetime

import orjson
import pytest
from sender import Connection
from server import FIREFOX, KEY, Server, noon_zone

from ingest.settings import secret_hash

PATH = "/api/events"
SECRET = "jane.doe@example.org"
NARROW = "a-key-for-one-site"
BEARER = {"authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches")
    config = folder / "footfall.toml"
    config.write_text(
        f'[[site]]\ndomain = "example.com"\ntimezone = "{noon_zone()}"\n'
        '[[site]]\ndomain = "big.example"\n[[site]]\ndomain = "past.example"\n'
        '[[site]]\ndomain = "closed.example"\n[[site]]\ndomain = "beside.example"\n'
        f'[[key]]\nname = "narrow"\nsha256 = "{secret_hash(NARROW)}"\nsites = ["example.com"]\n'
    )
    environment = ("--config", str(config))
    with Server(folder / "data", *environment, site=None) as server:
        yield server


def event(visitor=1, site="example.com", **changes):
    sender = {"ip": f"90.1.{visitor % 256}.7", "user_agent": FIREFOX, "accept_language": "fr"}
    named = {"n": "pageview", "u": "https://example.com/", "d": site}
    return named | sender | changes


def send(server, events, headers=BEARER):
    status, headers, body = server.post(PATH, events, headers)
    return status, orjson.loads(body)


def totals(server, site, *metrics):
    query = {"metrics": metrics, "date_range": "7d", "site_id": site}
    return server.query(**query)["results"][0]["metrics"]


def test_hits_are_counted_by_visitor_and_drops_are_told(server):
    robot = event(9, user_agent="Googlebot/2.1")
    events = [*(event(number % 3) for number in range(30)), robot, event(8, accept_language=None)]
    told = {"accepted": 30, "dropped": {"robot": 1, "no_browser": 1}}
    assert send(server, events) == (202, told)
    server.wait_for("pageviews", 30, site_id="example.com")
    assert totals(server, "example.com", "visitors", "visits") == [3, 3]


def test_a_hit_of_two_sites_is_told_once_and_accepted_if_either_counts_it(server):
    both = "beside.example,big.example"
    events = [
        event(20, "beside.example"),
        event(20, both, n="engagement", e=1_000),
        event(21, both, n="engagement", e=1_000),
        event(22, both, user_agent="Googlebot/2.1"),
        event(23, "beside.example"),
    ]
    told = {"accepted": 3, "dropped": {"no_visit": 1, "robot": 1}}
    assert send(server, events) == (202, told)


def test_hits_have_times_of_their_own(server):
    now = time.time()
    moments = [now - 3 * 3600, now - 50 * 3600, now - 50 * 3600 + 60, now - 71 * 3600, now]
    stamps = [datetime.fromtimestamp(moment, UTC).isoformat() for moment in moments]
    events = [event(site="past.example", time=stamp) for stamp in reversed(stamps)]
    assert send(server, events)[0] == 202
    query = {"site_id": "past.example", "metrics": ["pageviews"], "date_range": "7d"}

    def hours():
        rows = server.query(**query, dimensions=["time:hour"])["results"]
        return [row["dimensions"][0] for row in rows if row["metrics"] != [0]]

    started = {
        datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:00:00") for moment in moments
    }
    server.wait_until(lambda: set(hours()) == started)
    assert totals(server, "past.example", "pageviews", "visits") == [5, 4]


def test_a_whole_batch_is_one_group_and_others_are_served_meanwhile(server):
    events = [event(number, "big.example") for number in range(10_000)]

    async def both():
        connections = Connection(server.port), Connection(server.port)
        body = orjson.dumps(events)
        batch = asyncio.create_task(connections[0].post(PATH, BEARER, body))
        single = await connections[1].post("/api/event", {}, orjson.dumps(event(site="x.example")))
        statuses = single, await batch
        for connection in connections:
            connection.close()
        return statuses

    assert asyncio.run(both()) == (202, 202)
    server.wait_for("pageviews", 10_000, site_id="big.example")
    assert totals(server, "big.example", "visitors", "visits") == [256, 256]


@pytest.mark.parametrize(
    ("wrong", "status", "detail"),
    [
        (event(u=SECRET), 400, "[2]: u (url): "),
        (event(ip=SECRET), 400, "[2]: ip: "),
        (event(time=1), 422, "[2]: time: "),
        (event(site="closed.example"), 403, "[2]: d (domain): "),
        (event(site="unknown.example"), 403, "[2]: d (domain): "),
        (event(site="example.com,closed.example"), 403, "[2]: d (domain): "),
        (SECRET, 400, "[2]: not a JSON object"),
    ],
)
def test_one_wrong_event_refuses_all(server, wrong, status, detail):
    before = totals(server, "example.com", "pageviews")
    narrow = {"authorization": f"Bearer {NARROW}"}
    told = send(server, [event(), event(), wrong, event()], narrow)
    assert (told[0], told[1]["index"]) == (status, 2)
    assert told[1]["error"].startswith(detail)
    assert SECRET not in str(told) + server.log.read_text()
    assert send(server, []) == (202, {"accepted": 0, "dropped": {}})
    assert totals(server, "example.com", "pageviews") == before


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}]
)
def test_a_key_is_needed(server, headers):
    status, told, _ = server.post(PATH, [event()], headers)
    assert (status, told["www-authenticate"]) == (401, "Bearer")


def test_lines_are_taken_and_too_many_are_not(server):
    async def post(body):
        connection = Connection(server.port)
        try:
            return await connection.post(PATH, BEARER, body)
        finally:
            connection.close()

    line = orjson.dumps(event(4, accept_language=None)) + b"\n"
    assert asyncio.run(post(line * 3)) == 202
    assert asyncio.run(post(line * 10_001)) == 413
    assert asyncio.run(post(b" " * (16 * 1024 * 1024 + 1))) == 413
