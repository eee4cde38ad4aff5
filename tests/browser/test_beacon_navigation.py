"""What counts as a page view."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import FLAGS, find_chromium
from tests.browser.recorder import Recorder

PRERENDERING_PAGE = """
<script type="speculationrules">
  { "prerender": [{ "urls": ["/prerendered"], "eagerness": "immediate" }] }
</script>
<script>
  setInterval(async () => (await fetch("/go")).ok && location.assign("/prerendered"), 50);
</script>"""
PRERENDERED_PAGE = """
<script>
  addEventListener("load", () => footfall("Loaded", { props: { early: document.prerendering } }));
  setInterval(async () => (await fetch("/leave")).ok && location.assign("/sample/"), 50);
</script>"""


def assert_counted(page: Page, recorder: Recorder, paths: list[str]) -> None:
    """Check that these pages were counted, and no other before an event sent just now."""
    recorder.wait_for("pageview", len(paths))
    fences = len(recorder.named("Fence"))
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence", fences + 1)
    assert paths_of(recorder, "pageview") == sorted(paths)


def paths_of(recorder: Recorder, name: str) -> list[str]:
    return sorted(hit["u"].removeprefix(recorder.origin) for hit in recorder.named(name))


def test_each_step_in_a_single_page_counts(page: Page, recorder: Recorder):
    page.goto(recorder.origin + "/sample/tour")
    page.get_by_role("link", name="Kneading").click()
    page.get_by_role("link", name="Baking").click()
    page.go_back()
    assert_counted(
        page,
        recorder,
        [
            "/sample/tour",
            "/sample/tour/kneading",
            "/sample/tour/baking",
            "/sample/tour/kneading",
        ],
    )
    recorder.wait_for("engagement", 3)
    assert paths_of(recorder, "engagement") == [
        "/sample/tour",
        "/sample/tour/baking",
        "/sample/tour/kneading",
    ]


@pytest.mark.parametrize("method", ["pushState", "replaceState"])
def test_only_another_path_is_another_page(page: Page, recorder: Recorder, method: str):
    page.goto(recorder.add_page("/"))
    for address in ("/", "/?sort=price", "/#prices"):
        page.evaluate(f"history.{method}(null, '', '{address}')")
    assert_counted(page, recorder, ["/"])
    page.evaluate(f"history.{method}({{ step: 2 }}, '', '/other')")
    assert_counted(page, recorder, ["/", "/other"])
    assert page.evaluate("history.state") == {"step": 2}


def test_a_hash_is_a_page_only_when_the_tag_says_so(page: Page, recorder: Recorder):
    link = "<a href='#/prices'>Prices</a>"
    for path, attribute in (("/plain", ""), ("/hashed", "data-hash")):
        page.goto(recorder.add_page(path, attribute, link))
        page.get_by_role("link").click()
        page.evaluate("location.hash = '/team'")
        page.go_back()
    assert_counted(
        page,
        recorder,
        [
            "/plain",
            "/hashed",
            "/hashed#/prices",
            "/hashed#/team",
            "/hashed#/prices",
        ],
    )
    assert {hit["u"]: hit.get("h") for hit in recorder.named("pageview")} == {
        recorder.origin + "/plain": None,
        recorder.origin + "/hashed": 1,
        recorder.origin + "/hashed#/prices": 1,
        recorder.origin + "/hashed#/team": 1,
    }


def test_a_page_back_from_the_cache_counts_again(page: Page, recorder: Recorder):
    page.goto(recorder.add_page("/cached"))
    page.evaluate("window.kept = true")
    page.goto(recorder.origin + "/sample/")
    recorder.wait_for("pageview", 2)
    page.go_back(wait_until="commit")
    recorder.wait_for("pageview", 3)
    assert page.evaluate("window.kept"), "the page was loaded anew, not restored"
    assert_counted(page, recorder, ["/cached", "/sample/", "/cached"])


def test_a_manual_page_counts_when_told(page: Page, recorder: Recorder):
    page.goto(recorder.add_page("/users/17", "data-manual"))
    page.evaluate("history.pushState(null, '', '/users/18')")
    page.go_back()
    assert_counted(page, recorder, [])
    page.evaluate("footfall('pageview', { url: location.origin + '/users/:id' })")
    assert_counted(page, recorder, ["/users/:id"])
    page.goto(recorder.origin + "/sample/")
    [left] = recorder.wait_for("engagement")
    assert left["u"] == recorder.origin + "/users/:id"


def test_a_page_opened_in_the_background_counts_when_it_shows(page: Page, recorder: Recorder):
    # Headless tabs are always in front.
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.shown })")
    page.goto(recorder.add_page("/"))
    assert_counted(page, recorder, [])
    page.evaluate("window.shown = true")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    assert_counted(page, recorder, ["/"])


@contextmanager
def chromium_at(address: str, profile: Path) -> Iterator[None]:
    """Open the address without playwright, under which nothing is prerendered."""
    command = [find_chromium(), *FLAGS, "--headless", "--remote-debugging-port=0"]
    with subprocess.Popen(
        [*command, f"--user-data-dir={profile}", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def test_a_prerendered_page_counts_when_it_shows(recorder: Recorder, tmp_path: Path):
    start = recorder.add_page("/start", body=PRERENDERING_PAGE)
    recorder.add_page("/prerendered", body=PRERENDERED_PAGE)
    with chromium_at(start, tmp_path):
        [loaded] = recorder.wait_for("Loaded")
        assert loaded["p"] == {"early": True}, "the page was not prerendered"
        assert [hit["u"] for hit in recorder.wait_for("pageview")] == [start]
        recorder.pages["/go"] = ""
        recorder.wait_for("pageview", 2)
        recorder.pages["/leave"] = ""
        recorder.wait_for("engagement", 2)
    assert paths_of(recorder, "engagement") == ["/prerendered", "/start"]
