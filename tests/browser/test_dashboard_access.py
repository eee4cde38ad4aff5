"""Who sees what: the door, public sites, frames, a new site, and what is said when it fails."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect
from server import KEY

from tests.browser.conftest import DEMO
from tests.browser.dashboard import Dashboard


def fetch(address: str, headers: dict[str, str] | None = None):
    """Return status, headers and body."""
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_key_opens_its_sites_and_stays_in_the_tab(dashboard: Dashboard):
    page = dashboard.open("/", key="").page
    field = page.get_by_label("Query key")
    expect(field).to_have_attribute("type", "password")
    field.fill("wrong")
    page.get_by_role("button", name="Open the dashboard").click()
    expect(page.get_by_role("alert")).to_contain_text("This key opens nothing here")
    field.fill(KEY)
    page.keyboard.press("Enter")
    dashboard.settle()
    expect(page.get_by_label("Site")).to_have_value(DEMO)
    options = page.get_by_label("Site").locator("option").all_inner_texts()
    assert options == [DEMO, "new.example"]
    assert KEY not in page.url
    kept = page.evaluate("[Object.values(sessionStorage), Object.values(localStorage)]")
    assert kept == [[KEY], []]
    assert page.context.cookies() == []
    page.reload()
    dashboard.settle()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Query key")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_site_that_is_not_public_wants_a_key(dashboard: Dashboard):
    page = dashboard.open("/?site=new.example", key="").page
    expect(page.get_by_label("Query key")).to_be_visible()


def test_a_public_site_opens_without_a_key(dashboard: Dashboard):
    dashboard.open(f"/?site={DEMO}&period=7d", key="").settle()
    answer = dashboard.ask(site_id=DEMO, metrics=["visitors"], date_range="7d")
    shown = dashboard.headline()["visitors"]
    assert shown == f"{answer['results'][0]['metrics'][0]:,}"
    assert len(dashboard.rows("pages")) == 9
    expect(dashboard.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert dashboard.complaints == []


def test_without_a_key_the_api_opens_public_sites_alone(demo_server):
    query = {"metrics": ["visitors"], "date_range": "7d"}
    for sites, status in ((DEMO, 200), ("new.example", 401), ([DEMO, "new.example"], 401)):
        assert demo_server.post("/api/v2/query", query | {"site_id": sites}, {})[0] == status
    wrong = {"authorization": "Bearer wrong"}
    assert demo_server.post("/api/v2/query", query | {"site_id": DEMO}, wrong)[0] == 401


def test_a_public_site_can_be_framed_and_no_other(dashboard: Dashboard, recorder):
    address = f"{dashboard.server.url}/embed?site={DEMO}&period=7d"
    recorder.pages["/frame"] = f'<!doctype html><title>x</title><iframe src="{address}"></iframe>'
    dashboard.page.goto(f"{recorder.origin}/frame")
    frame = dashboard.page.frame_locator("iframe")
    expect(frame.locator("#pages .rows tbody tr")).to_have_count(9, timeout=30_000)
    expect(frame.locator("header")).to_have_count(0)
    expect(frame.get_by_role("link", name="IP Geolocation by DB-IP")).to_be_visible()
    status, headers, _ = fetch(address)
    assert status == 200
    assert "frame-ancestors *" in headers["content-security-policy"]
    assert fetch(f"{dashboard.server.url}/embed?site=new.example")[0] == 404


def test_a_frame_uses_no_key(dashboard: Dashboard):
    dashboard.open(f"/embed?site={DEMO}&period=7d", key=KEY).settle()
    assert dashboard.asked
    assert dashboard.with_key == []


def test_pages_and_files_come_with_strict_headers(demo_server):
    _, headers, body = fetch(demo_server.url)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-cache"
    assert fetch(demo_server.url, {"if-none-match": headers["etag"]})[0] == 304
    [module] = re.findall(rb'src="(/dashboard/[^"]+/main.js)"', body)
    status, headers, plain = fetch(demo_server.url + module.decode())
    assert status == 200
    assert "immutable" in headers["cache-control"]
    _, headers, zipped = fetch(demo_server.url + module.decode(), {"accept-encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert len(zipped) < len(plain)


@pytest.mark.parametrize(
    "path",
    ["/dashboard/0/main.js", "/dashboard/{}/index.html", "/dashboard/{}/../keys.py", "/embed"],
)
def test_there_is_nothing_else(demo_server, path: str):
    _, _, body = fetch(demo_server.url)
    version = re.findall(rb"/dashboard/([0-9a-f]+)/main.js", body)[0].decode()
    assert fetch(demo_server.url + path.format(version))[0] == 404


def test_a_new_site_shows_how_to_begin_and_then_its_first_visit(dashboard: Dashboard):
    page = dashboard.open("/?site=new.example").page
    section = page.get_by_role("region", name="First steps")
    expect(section).to_contain_text("Nobody has passed through new.example yet", timeout=30_000)
    snippet = f'<script defer src="{dashboard.server.url}/js/footfall.js" data-site="new.example">'
    expect(section.locator("code")).to_contain_text(snippet)
    event = {"n": "pageview", "u": "https://new.example/first", "d": "new.example", "w": 1512}
    assert dashboard.server.send(event)[0] == 202
    expect(page.locator('#pages tr[data-value="/first"]')).to_be_visible(timeout=30_000)
    dashboard.settle()
    assert dashboard.headline()["pageviews"] == "1"


def test_a_server_that_is_away_is_told_and_asked_again(dashboard: Dashboard):
    page = dashboard.open(f"/?site={DEMO}&period=7d").settle().page
    page.route("**/api/v2/query", lambda route: route.abort())
    page.get_by_label("Period", exact=True).select_option("24h")
    expect(page.locator("#pages")).to_contain_text("The server cannot be reached", timeout=30_000)
    page.unroute("**/api/v2/query")
    page.locator("#pages").get_by_role("button", name="Try again").click()
    expect(page.locator("#pages .rows")).to_be_visible()


def test_a_day_and_its_filter_that_do_not_meet_are_told(dashboard: Dashboard):
    page = dashboard.open(f"/?site={DEMO}&period=24h&filter=visit%3Asource&is=Google").page
    expect(page.locator("#pages")).to_contain_text("take full days", timeout=30_000)


def test_the_theme_follows_the_system_until_it_is_chosen(dashboard: Dashboard):
    page = dashboard.page
    page.emulate_media(color_scheme="dark")
    dashboard.open(f"/?site={DEMO}").settle()
    dark = background(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert background(page) != dark
    page.reload()
    dashboard.settle()
    assert background(page) != dark


def background(page: Page) -> str:
    return page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
