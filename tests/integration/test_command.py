"""The command as an operator meets it: a process that is started, asked and stopped."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import orjson
import pytest
from server import BROWSER, KEY, Server, free_port, noon_zone

from ingest.store.client import Store
from ingest.store.migrate import migrate

FOOTFALL = [sys.executable, "-m", "ingest"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("command")) as server:
        yield answering(server)


def serving(folder, line=""):
    """Return a server of a site where it is noon, with a line of settings."""
    config = folder / "footfall.toml"
    site = f'[[site]]\ndomain = "example.com"\ntimezone = "{noon_zone()}"\n'
    config.write_text(f"{line}\n{site}")
    return Server(folder / "data", "--config", str(config), site=None)


def ask(server, query, secret):
    """Return the status of a query with that key."""
    return server.post("/api/v2/query", query, {"authorization": f"Bearer {secret}"})[0]


def answering(server):
    """Wait until the server answers queries."""
    query = {"site_id": "example.com", "metrics": ["visits"], "date_range": "day"}
    server.wait_until(lambda: ask(server, query, KEY) == 200)
    return server


def get(server, path, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.url + path, headers=names)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def event(server, **changes):
    """Send an event to the site of that name."""
    return server.send({"n": "pageview", "u": "https://example.com/", "d": "example.com"} | changes)


def totals(server, *metrics, page=None):
    query = {"metrics": metrics, "date_range": "day", "site_id": "example.com"}
    if page:
        query["filters"] = [["is", "event:page", [page]]]
    return server.query(**query)["results"][0]["metrics"]


def test_serve_starts_in_an_empty_folder_says_where_to_look_and_stops(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [*FOOTFALL, "serve", "--site", "example.com", "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    said = [process.stdout.readline() for _ in range(6)]
    assert said[0] == "footfall counts example.com\n"
    paths = ("/", "/sample/", "/js/footfall.js", "/api/v2/query")
    for line, path in zip(said[1:5], paths, strict=True):
        assert line.endswith(f"http://127.0.0.1:{port}{path}\n")
    key = re.fullmatch(r"  query key    (\S{20,})\n", said[5])[1]
    asked = Server(tmp_path / "data")
    asked.port, asked.url, asked.process = port, f"http://127.0.0.1:{port}", process
    asked.wait_until(asked.is_up)
    body = {"site_id": "example.com", "metrics": ["visits"], "date_range": "day"}
    asked.wait_until(lambda: ask(asked, body, key) == 200)
    assert ask(asked, body, "another") == 401
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert (tmp_path / "data" / "clickhouse").is_dir()


def test_who_says_to_be_ready_answers(tmp_path):
    query = {"site_id": "example.com", "metrics": ["visits"], "date_range": "day"}
    with Server(tmp_path / "data") as server:
        assert ask(server, query, KEY) == 200


def test_a_database_of_a_newer_version_is_told(tmp_path):
    store = Store("chdb", tmp_path / "data")
    migrate(store, {"example.com": 20_000})
    store.command("INSERT INTO schema_version VALUES (1000)")
    store.close()
    server = Server(tmp_path / "data")
    with server.log.open("w") as file:
        server.process = subprocess.Popen(server._command, stdout=file, stderr=file)
    server.wait_until(lambda: "install a newer footfall" in server.log.read_text())
    server.stop()
    assert "Traceback" not in server.log.read_text()


def test_wrong_settings_end_the_process_in_one_line(tmp_path):
    (tmp_path / "footfall.toml").write_text('[[site]]\ndomain = "example.com"\nk = 0\n')
    ended = subprocess.run(
        [*FOOTFALL, "serve", "--config", str(tmp_path / "footfall.toml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"footfall: .*footfall\.toml: site\[0\]: k is at least 1.*\n", ended.stderr)


def test_a_new_key_opens_its_sites_and_no_other(tmp_path):
    made = subprocess.run([*FOOTFALL, "key", "new"], capture_output=True, text=True, check=True)
    secret, digest = re.search(r": (\S+)\n.*\"([0-9a-f]{64})\"", made.stdout).groups()
    config = tmp_path / "footfall.toml"
    config.write_text(
        '[[site]]\ndomain = "example.com"\n[[site]]\ndomain = "other.example"\n'
        f'[[key]]\nname = "new"\nsha256 = "{digest}"\nsites = ["example.com"]\n'
    )
    with Server(tmp_path / "data", "--config", str(config), site=None) as server:
        answering(server)
        for site, status in (("example.com", 200), ("other.example", 403)):
            query = {"site_id": site, "metrics": ["visits"], "date_range": "day"}
            assert ask(server, query, secret) == status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_told(server, path):
    status, headers, body = get(server, path)
    assert (status, body) == (200, b"ok")
    assert headers["access-control-allow-origin"] is None


@pytest.mark.parametrize("path", ["/js/footfall.js", "/js/footfall.auto.js"])
def test_the_script_may_be_loaded_from_any_site_and_keeps_nothing(server, path):
    status, headers, body = get(server, path)
    assert (status, headers.get_content_type()) == (200, "text/javascript")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"].startswith("public, max-age=")
    assert headers["etag"] is headers["set-cookie"] is None
    assert b"/api/event" in body
    _, headers, zipped = get(server, path, accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped) == body


def test_the_page_for_visitors_keeps_nothing_either(server):
    status, headers, body = get(server, "/opt-out")
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert headers["set-cookie"] is None
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"How not to be counted" in body


@pytest.mark.parametrize("path", ["/nothing", "/js/", "/api", "/sample/../spool.sqlite3", "/%00"])
def test_what_is_not_there_is_not_found(server, path):
    assert get(server, path)[0] == 404


def test_an_event_is_counted_and_shown(server):
    assert event(server, u="https://example.com/shown")[0] == 202
    server.wait_until(lambda: totals(server, "pageviews", page="/shown") == [1])


def test_a_pixel_is_counted_and_shown(server):
    path = "/pixel.gif?d=example.com&u=https://example.com/pixel"
    status, headers, body = get(server, path, **BROWSER)
    assert (status, headers.get_content_type(), body[:6]) == (200, "image/gif", b"GIF89a")
    server.wait_until(lambda: totals(server, "pageviews", page="/pixel") == [1])


@pytest.mark.parametrize(
    ("headers", "site", "reason"),
    [
        ({"sec-gpc": "1"}, "example.com", "opt_out"),
        ({"dnt": "1"}, "example.com", "opt_out"),
        ({"sec-purpose": "prefetch;prerender"}, "example.com", "prefetch"),
        ({"user-agent": "curl/8.0"}, "example.com", "robot"),
        ({"accept-language": ""}, "example.com", "no_browser"),
        ({}, "unknown.example", "unknown_site"),
    ],
)
def test_a_drop_is_accepted_and_told(server, headers, site, reason):
    hit = {"n": "pageview", "u": "https://example.com/dropped", "d": site}
    status, answered, body = server.send(hit, headers)
    assert (status, body, answered["x-footfall-dropped"]) == (202, b"ok", reason)


def test_a_hit_on_a_known_and_an_unknown_site_is_counted(server):
    status, headers, _ = event(
        server, d="unknown.example,example.com", u="https://example.com/both"
    )
    assert (status, headers["x-footfall-dropped"]) == (202, None)
    server.wait_until(lambda: totals(server, "pageviews", page="/both") == [1])


def test_p8_without_trusted_proxies_nobody_names_another_address(server):
    hit = {"n": "pageview", "u": "https://example.com/forged", "d": "example.com"}
    for number in range(3):
        forged = {"x-forwarded-for": f"90.1.{number}.77", "forwarded": f"for=90.1.{number}.77"}
        assert server.send(hit, forged)[0] == 202
    server.wait_until(lambda: totals(server, "pageviews", "visitors", page="/forged") == [3, 1])


def test_p8_a_trusted_proxy_names_the_client(tmp_path):
    with serving(tmp_path, 'trusted_proxies = ["127.0.0.1/32"]') as server:
        hit = {"n": "pageview", "u": "https://example.com/", "d": "example.com"}
        answering(server)
        for number in range(3):
            assert server.send(hit, {"x-forwarded-for": f"9.9.9.9, 90.1.{number}.77"})[0] == 202
        server.wait_until(lambda: totals(server, "pageviews", "visitors") == [3, 3])
        countries = server.query(
            site_id="example.com",
            metrics=["visitors"],
            date_range="day",
            dimensions=["visit:country"],
        )
        assert [row["dimensions"] for row in countries["results"]] == [["FR"]]


def exchange(server, *pieces):
    """Send raw bytes; return the status of the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return int(connection.recv(4096)[9:12])


def test_a_chunked_body_has_the_same_limit(server):
    head = b"POST /api/event HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    body = orjson.dumps({"n": "pageview", "u": "https://example.com/c", "d": "unknown.example"})
    whole = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    assert exchange(server, head, whole) == 202
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    assert exchange(server, head, chunk * 5) == 413
    assert event(server, d="unknown.example")[0] == 202


def test_a_body_that_never_comes_whole_leaves_the_server_in_peace(server):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(
                b"POST /api/event HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{"
            )
    assert event(server, d="unknown.example")[0] == 202
    assert KEY not in server.log.read_text().partition("query key")[2].partition("\n")[2]


def test_nothing_is_logged_of_hits_and_mistakes(server):
    for hit in ({}, {"u": "jane.doe@example.org"}, {"p": {"a": ["jane.doe@example.org"]}}):
        assert event(server, n="", **hit)[0] == 400
    log = server.log.read_text()
    assert log.count("\n") == 6
    assert "jane" not in log
