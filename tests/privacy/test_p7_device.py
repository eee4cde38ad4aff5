"""P7: nothing is kept on the visitor's device, by no answer and by no script.

`tests/browser/test_beacon_privacy.py` looks into a real browser's stores after a visit.
"""

import pytest
from server import BROWSER, Server

from ingest.beacon import script

EVENT = {"n": "pageview", "u": "https://example.com/", "d": "example.com"}
PIXEL = "/pixel.gif?u=https://example.com/&d=example.com"
KEEPING = {"set-cookie", "etag", "last-modified", "clear-site-data", "accept-ch", "critical-ch"}
KEEPING |= {"report-to", "nel", "reporting-endpoints", "strict-transport-security", "alt-svc"}
"""Headers by which a browser keeps something, or says more of itself later."""
STORES = ("cookie", "sessionStorage", "indexedDB", "caches", "cookieStore", "openDatabase")
STORES += ("serviceWorker", "requestFileSystem", "BroadcastChannel", "SharedWorker", "window.name")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("p7") / "data") as server:
        yield server


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/event", 202),
        ("OPTIONS", "/api/event", 204),
        ("GET", "/api/event", 405),
        ("GET", PIXEL, 200),
        ("GET", "/pixel.gif", 400),
        ("GET", "/js/footfall.js", 200),
    ],
)
def test_no_answer_leaves_anything(server, method, path, status):
    body = b'{"n": "pageview", "u": "https://example.com/", "d": "example.com"}'
    found, headers, _ = server.request(method, path, body if method == "POST" else None, BROWSER)
    assert found == status
    assert {name.lower() for name in headers} & KEEPING == set()
    if "pixel" in path or "event" in path:
        assert "max-age" not in headers.get("cache-control", "")


def test_the_pixel_is_asked_for_each_time(server):
    _, headers, _ = server.request("GET", PIXEL, None, BROWSER)
    assert "no-store" in headers["cache-control"]


def test_two_visitors_get_the_same_script(server):
    """So a copy that a browser keeps tells nobody from anybody."""
    scripts = {
        server.request("GET", "/js/footfall.js", None, BROWSER | {"user-agent": agent})[2]
        for agent in ("one", "another")
    }
    assert scripts == {script.core()}


@pytest.mark.parametrize("store", STORES)
def test_no_script_names_a_store(store):
    for code in (script.core(), script.auto()):
        assert len(code) > 500
        assert store.encode() not in code
