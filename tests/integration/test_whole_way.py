"""50,000 hits through the real server: every record equals the exact model's."""

import asyncio
import random
import time
from collections import Counter
from importlib.resources import files

import orjson
import pytest
from exact_model import Model, Sent
from sender import send_all
from server import KEY, Server, noon_zone

from ingest.anonymize.anonymizer import Anonymizer
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.receive.event import read_event
from ingest.receive.proxies import Proxies
from ingest.receive.sender import read_sender
from ingest.settings import load
from ingest.store.client import Store
from ingest.store.tables import COUNTERS, CROSSTABS, TRAFFIC
from ingest.visit.keys import Keyring

HITS, VISITORS, PAGES, LANES = 50_000, 5_000, 300, 32
HEAD = 400
"""Hits sent one by one before the rest, so that free texts find their crowd in a known order."""
REFERRERS = [None, "https://www.google.com/", "https://t.co/x", "https://news.ycombinator.com/"]
REFERRERS += [f"https://blog-{number}.example.net/post?reader=1" for number in range(16)]
SEED = 20_261_123
SOURCES = {
    "site_id": "example.com",
    "metrics": ["visitors", "visits", "pageviews", "bounce_rate"],
    "date_range": "day",
    "dimensions": ["visit:source"],
}
TIMELESS = [name for name in COUNTERS if name not in ("duration", "hour_visitors")]
"""Counters that do not depend on how long the sending takes."""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "footfall.toml"
    path.write_text(
        'trusted_proxies = ["127.0.0.1/32"]\n'
        f'[[site]]\ndomain = "example.com"\ntimezone = "{noon_zone()}"\n'
        'goals = [{ name = "Deep", page = "/p/1*" }]\n'
    )
    return path


def made_up_hits(hits=HITS, visitors=VISITORS):
    """Two rounds of lanes of headers and events.

    Who cannot be told apart stays in one lane, in order.
    """
    dice = random.Random(SEED)
    lines = files("ingest.demo").joinpath("user_agents.jsonl").read_text().splitlines()
    agents = [orjson.loads(line) for line in lines]
    people = [_visitor(dice, agents[number % len(agents)]) for number in range(visitors)]
    sent = []
    for _ in range(hits):
        headers, width = dice.choice(people)
        sent.append((headers, _event(dice, width)))
    lanes = [[] for _ in range(LANES)]
    for headers, event in sent[HEAD:]:
        lanes[sum(headers["user-agent"].encode()) % LANES].append((headers, event))
    return [sent[:HEAD]], lanes


def _visitor(dice, agent):
    networks = ("2.1", "5.146", "31.94", "73.12", "203.0", "49.36")
    address = f"{dice.choice(networks)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"
    languages = list(agent["languages"]) or ["en-US"]
    headers = {
        "user-agent": agent["user_agent"],
        "accept-language": f"{dice.choice(languages)},en;q=0.5",
        "x-forwarded-for": f"198.51.100.7, {address}",
    }
    return headers, agent["viewport_width"]


def _event(dice, width):
    page = f"https://example.com/p/{dice.randrange(PAGES)}?session=secret#top"
    event = {"n": "pageview", "u": page, "d": "example.com", "w": width}
    event["r"] = dice.choice(REFERRERS)
    if dice.random() < 0.1:
        event |= {"n": "Signup", "p": {"plan": dice.choice(["free", "pro"])}}
    return event


def expected(hits, settings, site=None) -> Model:
    """The model's answer; person is what the design calls one."""
    places = Places(bundled_country(), bundled_provider())
    anonymizer = Anonymizer(settings, places, Keyring(bytes))
    proxies, now = Proxies(settings.trusted_proxies), int(time.time())
    sent = []
    for headers, event in hits:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        raw = read_event(orjson.dumps(event), read_sender(pairs, "127.0.0.1", proxies))
        hit = anonymizer(raw, site or settings.sites[0], now)
        network = raw.address.rpartition(".")[0]
        person = (network, raw.browser.part)
        sent.append(Sent(person, hit))
    return Model(sent)


def timeless(cells, keep) -> Counter:
    """Cells without their time, of the counters that do not depend on it."""
    summed = Counter()
    for key, amount in cells.items():
        if key[-1] in TIMELESS:
            summed[tuple(key[place] for place in keep)] += amount
    return Counter({key: amount for key, amount in summed.items() if amount})


def stored(store, table) -> Counter:
    keys = [name for name, _ in table.key if name != table.time]
    counters = ", ".join(f"sum({name})" for name in TIMELESS)
    sql = f"SELECT {', '.join(keys)}, {counters} FROM {table.name} GROUP BY {', '.join(keys)}"
    cells = Counter()
    for row in store.query(sql):
        for name, amount in zip(TIMELESS, row[len(keys) :], strict=True):
            if amount:
                cells[*row[: len(keys)], name] = amount
    return cells


def test_50_000_hits_equal_the_exact_model(config, tmp_path):
    rounds = made_up_hits()
    hits = [hit for lanes in rounds for lane in lanes for hit in lane]
    data = tmp_path / "data"
    with Server(data, "--config", str(config), site=None) as server:
        statuses = [asyncio.run(send_all(server.port, lanes)) for lanes in rounds]
        assert statuses == [[202] * HEAD, [202] * (HITS - HEAD)]
        pageviews = sum(event["n"] == "pageview" for _, event in hits)
        server.wait_until(server.has_shipped)
        server.wait_for("pageviews", pageviews, site_id="example.com")
        before = server.query(**SOURCES)
        assert server.stop() == 0
    with Server(data, "--config", str(config), site=None) as server:
        assert server.query(**SOURCES)["results"] == before["results"]

    model = expected(hits, load(config, {}, {"key": KEY}))
    store = Store("chdb", data)
    traffic, crosstabs = stored(store, TRAFFIC), stored(store, CROSSTABS)
    store.close()
    assert traffic == timeless(model.traffic, (0, 2, 3, 4))
    assert crosstabs == timeless(model.crosstabs, (0, 2, 3, 4, 5, 6))
    assert len(traffic) > 3_000
    assert len(crosstabs) > 10_000
