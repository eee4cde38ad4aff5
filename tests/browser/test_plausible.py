"""Plausible's published script, pointed at footfall, is counted as footfall's own is."""

from pathlib import Path

import pytest
from missing import give_up
from playwright.sync_api import Browser, Page
from server import Server

from tests.browser.recorder import Recorder

TRACKER = Path(__file__).parents[1] / "node_modules/@plausible-analytics/tracker/plausible.js"
OURS, THEIRS = "ours.example", "theirs.example"
SITES = "".join(f'[[site]]\ndomain = "{site}"\nk = 1\n' for site in (OURS, THEIRS))
OUR_TAG = '<script defer src="/js/footfall.auto.js" data-site="{site}" data-api="{api}"></script>'
THEIR_TAG = """<script type="module">
  import { init, track } from "/plausible.js";
  init({
    domain: "{site}", endpoint: "{api}", captureOnLocalhost: true,
    outboundLinks: true, fileDownloads: true, formSubmissions: true,
  });
  window.footfall = track;
</script>"""
BODY = """<style>body { margin: 0 } nav { position: fixed }</style>
<nav>
  <a href="https://example.org/offer">Outbound</a> <a href="/files/list.csv">File</a>
  <form><button>Send</button></form>
</nav>
<div style="height: 7200px"></div>
<script>
  addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
  addEventListener("submit", (event) => event.preventDefault());
</script>"""
SCROLL = """position => new Promise((done) => {
  addEventListener("scroll", () => setTimeout(done), { once: true });
  scrollTo(0, position);
})"""
QUESTIONS = [
    ([], ["visitors", "visits", "pageviews", "events", "bounce_rate", "scroll_depth"]),
    (["event:page"], ["visitors", "pageviews", "events", "entries", "exits", "scroll_depth"]),
    (["event:name"], ["visitors", "events"]),
    (["event:props:plan"], ["visitors", "events"]),
    (["event:props:url"], ["visitors", "events"]),
    (["visit:source"], ["visits"]),
    (["visit:utm_source"], ["visits"]),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("plausible")
    config = folder / "footfall.toml"
    config.write_text(SITES)
    with Server(folder / "data", "--config", str(config), site="") as running:
        yield running


@pytest.fixture(scope="module")
def visited(server: Server, browser: Browser) -> Server:
    """The same visit to both sites, each with its script."""
    if not TRACKER.exists():
        give_up("no @plausible-analytics/tracker: npm install --prefix tests")
    with Recorder() as pages:
        for site, tag in ((OURS, OUR_TAG), (THEIRS, THEIR_TAG)):
            filled = tag.replace("{site}", site).replace("{api}", f"{server.url}/api/event")
            pages.pages = dict.fromkeys(("/start", "/end"), f"<!doctype html>{filled}{BODY}")
            pages.pages["/plausible.js"] = TRACKER.read_text()
            visit(browser.new_page(viewport={"width": 1280, "height": 720}), pages.origin)
            server.wait_until(lambda site=site: is_told(server, site))
    return server


def visit(page: Page, origin: str) -> None:
    page.goto(origin + "/start?utm_source=letter")
    page.wait_for_function("Boolean(window.footfall)")
    page.evaluate(SCROLL, 2880)
    page.evaluate("footfall('Signup', { props: { plan: 'pro' } })")
    page.evaluate("footfall('Seen', { interactive: false })")
    for name in ("Outbound", "File", "Send"):
        page.get_by_text(name).click()
    page.wait_for_timeout(1_100)
    page.evaluate("history.pushState(null, '', '/step')")
    page.goto(origin + "/end")
    page.wait_for_function("Boolean(window.footfall)")
    page.close(run_before_unload=True)


def ask(server: Server, site: str, dimensions: list[str], metrics: list[str]):
    answer = server.query(site_id=site, date_range="day", dimensions=dimensions, metrics=metrics)
    return sorted((row["dimensions"], row["metrics"]) for row in answer["results"])


def is_told(server: Server, site: str) -> bool:
    """Whether the last page's time, which is sent last, has arrived."""
    depths = ask(server, site, ["event:page"], ["scroll_depth"])
    return len(depths) == 3 and all(depth for _, [depth] in depths)


@pytest.mark.parametrize(("dimensions", "metrics"), QUESTIONS)
def test_both_scripts_are_counted_alike(visited: Server, dimensions: list[str], metrics: list[str]):
    ours, theirs = (ask(visited, site, dimensions, metrics) for site in (OURS, THEIRS))
    assert ours == theirs
    assert ours


def test_a_visit_under_plausibles_script_is_shown_as_it_was(visited: Server):
    pages = ask(visited, THEIRS, ["event:page"], ["pageviews", "entries", "exits", "scroll_depth"])
    assert pages == [
        (["/end"], [1, 0, 1, 10]),
        (["/start"], [1, 1, 0, 50]),
        (["/step"], [1, 0, 0, 50]),
    ]
    events = ask(visited, THEIRS, ["event:name"], ["events"])
    names = ["File Download", "Form: Submission", "Outbound Link: Click", "Seen", "Signup"]
    assert events == [([name], [1]) for name in names]


@pytest.mark.parametrize("site", [OURS, THEIRS])
def test_the_time_on_a_page_is_told_by_both(visited: Server, site: str):
    rows = ask(visited, site, ["event:page"], ["time_on_page"])
    assert [seconds >= 1 for [page], [seconds] in rows if page == "/start"] == [True]
