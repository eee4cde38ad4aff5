"""Collector and queries as processes of their own, each with its own rights, by TLS."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from nginx import Nginx
from server import KEY, Server, free_port, noon_zone
from stores import PASSWORDS

from ingest.cli import main
from ingest.store.client import Store, StoreError
from ingest.store.tables import TABLES

SITE = "example.com"
OWNER, COLLECTOR, QUERY = "footfall", "footfall_collector", "footfall_query"
PASSWORD = {
    OWNER: PASSWORDS["FOOTFALL_PASSWORD"],
    COLLECTOR: PASSWORDS["FOOTFALL_COLLECTOR_PASSWORD"],
    QUERY: PASSWORDS["FOOTFALL_QUERY_PASSWORD"],
}
_TLS = """
pid /tmp/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path /tmp/client;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate cert.pem;
        ssl_certificate_key key.pem;
        client_max_body_size 0;
        location / {{ proxy_pass http://127.0.0.1:{clickhouse}; }}
    }}
}}
"""


class Place:
    """A database `footfall` on a server, reached by TLS, and the processes that work on it."""

    def __init__(self, folder: Path, clickhouse):
        self.folder = folder
        self.clickhouse = clickhouse
        self.port = free_port()
        self.authority = _certify(folder)
        self.config = folder / "footfall.toml"
        zone = f'[[site]]\ndomain = "{SITE}"\ntimezone = "{noon_zone()}"\n'
        self.config.write_text(f'store_ca = "{self.authority}"\n{zone}')
        config = folder / "nginx.conf"
        config.write_text(_TLS.format(port=self.port, clickhouse=clickhouse.port))
        self.tls = Nginx(config)

    def url(self, user: str) -> str:
        return f"https://{user}@localhost:{self.port}/footfall"

    def process(self, command: str, user: str) -> Server:
        """Return a process, not yet started, whose password is in the environment alone."""
        return Server(
            self.folder / command,
            *("--config", str(self.config), "--store", self.url(user)),
            site=None,
            command=command,
            environment={"FOOTFALL_STORE_PASSWORD": PASSWORD[user]},
        )

    def store(self, user: str) -> Store:
        return Store(self.url(user), self.folder, password=PASSWORD[user], authority=self.authority)


def _certify(folder: Path) -> Path:
    """Make a certificate for localhost; return its own file, which vouches for it."""
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def place(servers, tmp_path_factory):
    servers.address("server", "footfall")
    place = Place(tmp_path_factory.mktemp("separate"), servers.both[0])
    with place.tls:
        place.tls.wait_for(f"http://127.0.0.1:{servers.both[0].port}/ping")
        yield place


@pytest.fixture(scope="module")
def migrated(place):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTFALL_STORE_PASSWORD", PASSWORD[OWNER])
        command = ["migrate", "--config", str(place.config), "--store", place.url(OWNER)]
        assert main([*command, "--data", str(place.folder / "none")]) == 0
    assert not (place.folder / "none").exists()
    return place


@pytest.fixture(scope="module")
def pair(migrated):
    with migrated.process("collect", COLLECTOR) as collect, migrated.process("query", QUERY) as ask:
        yield collect, ask


@pytest.mark.parametrize(("command", "user"), [("collect", COLLECTOR), ("query", QUERY)])
def test_without_tables_the_start_names_the_remedy(place, command, user):
    process = place.process(command, user)
    ended = subprocess.run(
        process._command, env=process._environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "run `footfall migrate`" in ended.stderr


def view(collect: Server, page: str) -> None:
    assert collect.send({"n": "pageview", "u": f"https://{SITE}{page}", "d": SITE})[0] == 202


def test_a_hit_is_collected_by_one_and_told_by_the_other(pair):
    collect, ask = pair
    view(collect, "/a")
    ask.wait_for("pageviews", 1, site_id=SITE)
    path = f"/api/v2/realtime?site_id={SITE}"
    ask.wait_until(lambda: ask.get(path)["current_visitors"] == 1)


def test_a_part_has_its_own_routes_alone(pair):
    collect, ask = pair
    query = {"site_id": SITE, "metrics": ["visits"], "date_range": "day"}
    key = {"authorization": f"Bearer {KEY}"}
    assert collect.post("/api/v2/query", query, key)[0] == 404
    assert ask.post("/api/v2/query", query, key)[0] == 200
    assert ask.post("/api/event", {}, {})[0] == 404


def test_both_survive_a_restart_of_the_server(migrated, pair):
    collect, ask = pair
    view(collect, "/b")
    pages = {"site_id": SITE, "metrics": ["pageviews"], "date_range": "day"}
    pages["filters"] = [["is", "event:page", ["/b"]]]
    server = migrated.clickhouse
    server.kill()
    view(collect, "/b")
    key = {"authorization": f"Bearer {KEY}"}
    assert ask.post("/api/v2/query", pages, key)[0] == 503
    server.start()
    ask.wait_until(lambda: ask.post("/api/v2/query", pages, key)[0] == 200)
    ask.wait_until(lambda: ask.query(**pages)["results"][0]["metrics"] == [2])


def refused(store: Store, sql: str) -> bool:
    with pytest.raises(StoreError) as error:
        store.query(sql)
    return error.value.name in ("ACCESS_DENIED", "READONLY")


@pytest.mark.parametrize("kind", TABLES, ids=lambda table: table.name)
def test_users_have_the_rights_that_they_need_and_no_others(migrated, kind):
    table, columns = kind.name, f"site, {kind.time}, {kind.counted[0]}"
    with closing(migrated.store(COLLECTOR)) as collector, closing(migrated.store(QUERY)) as query:
        collector.command(f"INSERT INTO {table} ({columns}) VALUES ('rights.example', today(), 1)")
        assert query.query(f"SELECT count() FROM {table} WHERE site = 'rights.example'") == [(1,)]
        assert refused(collector, f"SELECT count() FROM {table}")
        assert refused(collector, f"ALTER TABLE {table} DELETE WHERE 1")
        assert refused(query, f"INSERT INTO {table} (site) VALUES ('x')")
        assert refused(query, f"DROP TABLE {table}")
        assert refused(query, "SELECT * FROM remote('127.0.0.1', system.one)")


def test_a_server_with_another_certificate_is_not_believed(migrated):
    store = Store(migrated.url(QUERY), migrated.folder, password=PASSWORD[QUERY])
    with closing(store), pytest.raises(StoreError, match="could not be reached"):
        store.query("SELECT 1")


def test_statements_are_logged_nowhere(migrated):
    logs = migrated.clickhouse.query("SHOW TABLES FROM system LIKE '%_log'")
    assert logs == []
