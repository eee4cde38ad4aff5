"""Three collectors behind nginx, one ClickHouse: what is counted equals the exact model's."""

import asyncio
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack, closing

import pytest
from nginx import Nginx
from sender import send_all
from server import BROWSER, KEY, Server, free_port, noon_zone
from stores import DOCKER

from ingest.settings import load
from ingest.store.client import Store
from ingest.store.migrate import migrate
from ingest.store.tables import CROSSTABS, TRAFFIC
from tests.integration.test_whole_way import expected, made_up_hits, stored, timeless

HITS, VISITORS = 3_000, 600
SITE = "example.com"
CROWD = "crowd.example"
"""A site that has the same hits, under the crowd rule."""
RETURNING = 600
_CONFIG = """
store = "{store}"
trusted_proxies = ["127.0.0.1/32"]
[[site]]
domain = "example.com"
timezone = "{zone}"
k = 1
[[site]]
domain = "crowd.example"
timezone = "{zone}"
"""
_AS_A_SERVICE = 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{}'
"""How a service manager starts a process that it has given a socket."""


class Collector(Server):
    """`footfall collect` on a socket that outlives it, as systemd's socket units have it."""

    def __init__(self, folder, *arguments):
        super().__init__(folder, *arguments, site=None, command="collect")
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        given = self._socket.fileno()
        self._command = ["bash", "-c", _AS_A_SERVICE.format(given), "bash", *self._command]

    def __exit__(self, *error):
        super().__exit__(*error)
        self._socket.close()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env=self._environment,
                pass_fds=[self._socket.fileno()],
            )
        self.wait_until(self.is_up)
        return self


class Collectors:
    """Collectors and a query service on one database, behind the nginx of `docker/nginx`."""

    def __init__(self, folder, store: str):
        self.folder = folder
        self.store = store
        self.config = folder / "footfall.toml"
        self.config.write_text(_CONFIG.format(store=store, zone=noon_zone()))
        options = ("--config", str(self.config))
        self.four = [Collector(folder / f"collector-{number}", *options) for number in range(4)]
        self.query = Server(folder / "query", *options, site=None, command="query")
        self.port = free_port()
        files = folder / "nginx"
        shutil.copytree(DOCKER / "nginx", files)
        real_ip = "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Forwarded-For;\n"
        (files / "real_ip.conf").write_text(real_ip)
        (files / "listen.conf").write_text(f"listen 127.0.0.1:{self.port};\n")
        self.spread_over(3)
        self.nginx = Nginx(files / "nginx.conf")

    def spread_over(self, number: int) -> None:
        """Write the list of servers with so many collectors, and else as it is delivered."""
        text = (DOCKER / "nginx/upstreams.conf").read_text()
        head = text.partition("    server ")[0]
        queries = f"server 127.0.0.1:{self.query.port};"
        collectors = "".join(
            f"    server 127.0.0.1:{each.port} fail_timeout=2s;\n" for each in self.four[:number]
        )
        rest = f"}}\nupstream queries {{ {queries} }}\n"
        (self.folder / "nginx/upstreams.conf").write_text(head + collectors + rest)

    def send(self, lanes) -> Counter:
        """Send lanes of hits through nginx; return how often each status was answered."""
        both = [
            [(headers, event | {"d": f"{SITE},{CROWD}"}) for headers, event in lane]
            for lane in lanes
        ]
        return Counter(asyncio.run(send_all(self.port, both)))

    def ask(self, **query) -> list:
        return self.query.query(date_range="day", **query)["results"]


@pytest.fixture(scope="module")
def collectors(servers, tmp_path_factory):
    address = servers.address("server")
    with closing(Store(address.url, None)) as store:
        migrate(store, {"example.com": 20_000})
    collectors = Collectors(tmp_path_factory.mktemp("several"), address.url)
    with ExitStack() as running:
        for process in (*collectors.four, collectors.query, collectors.nginx):
            running.enter_context(process)
        collectors.nginx.wait_for(f"http://127.0.0.1:{collectors.port}/health/ready")
        yield collectors


def restart_one(collectors: Collectors) -> None:
    """Stop the second collector and start it again, twice."""
    for _ in range(2):
        time.sleep(0.3)
        assert collectors.four[1].stop() == 0
        collectors.four[1].start()


def test_counts_equal_the_exact_model_while_one_collector_restarts(collectors):
    rounds = made_up_hits(HITS, VISITORS)
    hits = [hit for lanes in rounds for lane in lanes for hit in lane]
    restarting = threading.Thread(target=restart_one, args=(collectors,))
    restarting.start()
    statuses = sum((collectors.send(lanes) for lanes in rounds), Counter())
    restarting.join()
    assert statuses == {202: HITS}
    pageviews = sum(event["n"] == "pageview" for _, event in hits)
    for site in (SITE, CROWD):
        collectors.query.wait_for("pageviews", pageviews, site_id=site)

    model = expected(hits, load(collectors.config, {}, {"key": KEY}))
    with closing(Store(collectors.store, None)) as store:
        traffic, crosstabs = (of(stored(store, table), SITE) for table in (TRAFFIC, CROSSTABS))
        kept = of(stored(store, CROSSTABS), CROWD)
    assert traffic == timeless(model.traffic, (0, 2, 3, 4))
    assert crosstabs == timeless(model.crosstabs, (0, 2, 3, 4, 5, 6))
    assert len(crosstabs) > 5_000
    settings = load(collectors.config, {}, {"key": KEY})
    alone = timeless(expected(hits, settings, settings.sites[1]).crosstabs, (0, 2, 3, 4, 5, 6))
    tell_kept(crosstabs, alone, kept)


def of(cells: Counter, site: str) -> Counter:
    return Counter({key: amount for key, amount in cells.items() if key[0] == site})


def tell_kept(all_of_them: Counter, alone: Counter, kept: Counter) -> None:
    """Each collector looks for a crowd of its own, so three release less than one would."""
    pageviews = [
        sum(amount for key, amount in cells.items() if key[-1] == "pageviews")
        for cells in (all_of_them, alone, kept)
    ]
    print(
        f"\ncrosstabs with k = 5, of {VISITORS} visitors: one collector releases "
        f"{pageviews[1] / pageviews[0]:.1%} of their pageviews, three {pageviews[2] / pageviews[0]:.1%}"
    )
    assert 0 < pageviews[2] < pageviews[1] < pageviews[0]


def test_hits_are_spread_over_the_collectors(collectors):
    taken = [acknowledged(each) for each in (collectors.four[0], collectors.four[2])]
    assert min(taken) > HITS * 0.15
    assert acknowledged(collectors.four[3]) == 0


def test_another_collector_moves_about_a_quarter_of_the_visitors(collectors):
    lanes = [[returning(number) for number in range(lane, RETURNING, 16)] for lane in range(16)]
    collectors.send(lanes)
    collectors.spread_over(4)
    collectors.nginx.reload()
    strangers = 0
    while not acknowledged(collectors.four[3]):
        collectors.send([[returning(RETURNING + strangers)]])
        strangers += 1
    collectors.send(lanes)
    pages = {"site_id": SITE, "filters": [["is", "event:page", ["/returning"]]]}
    collectors.query.wait_for("pageviews", 2 * RETURNING + strangers, **pages)
    visitors = collectors.ask(metrics=["visitors"], **pages)[0]["metrics"][0]
    moved = (visitors - strangers) / RETURNING - 1
    print(f"\nfour collectors for three: {moved:.1%} of {RETURNING} visitors counted once more")
    assert 0.15 < moved < 0.35


def returning(number: int) -> tuple[dict, dict]:
    """A visitor with a network of their own."""
    address = f"11.{number >> 8}.{number & 255}.9"
    event = {"n": "pageview", "u": f"https://{SITE}/returning"}
    return BROWSER | {"x-forwarded-for": address}, event


def acknowledged(collector: Collector) -> int:
    with urllib.request.urlopen(f"{collector.url}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return int(float(re.search(r"^footfall_hits_acknowledged_total (.+)$", text, re.MULTILINE)[1]))
