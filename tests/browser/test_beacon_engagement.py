"""What is told of the time spent on a page and of how far it was read."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

TALL = "<style>body { margin: 0 }</style><div style='height: 7200px'></div>"
SCROLL = """position => new Promise((done) => {
  addEventListener("scroll", done, { once: true });
  scrollTo(0, position);
})"""
MINUTE = 60_000
SLACK = 30_000  # the clock also goes on by itself while a slow machine works

# A headless page always has the focus; these take it away and give it back.
BLUR = "document.hasFocus = () => false; dispatchEvent(new Event('blur'))"
FOCUS = "document.hasFocus = () => true; dispatchEvent(new Event('focus'))"


@pytest.fixture
def tall_page(page: Page, recorder: "Recorder") -> Page:
    """A page ten screens tall, just opened, under a clock that can be put forward."""
    page.clock.install()
    page.goto(recorder.add_page("/tall", body=TALL))
    recorder.wait_for("pageview")
    return page


def leave(page: Page, recorder: "Recorder", reports: int = 1) -> list[dict[str, Any]]:
    """Go elsewhere and return the page's reports, of which there should be so many by then."""
    page.goto(recorder.add_page("/elsewhere"))
    recorder.wait_for("engagement", reports)
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence")
    return recorder.named("engagement")


def assert_milliseconds(engaged: int, expected: int) -> None:
    assert expected <= engaged < expected + SLACK


def test_leaving_tells_time_and_deepest_scroll(tall_page: Page, recorder: "Recorder"):
    tall_page.evaluate(SCROLL, 2880)
    tall_page.evaluate(SCROLL, 100)
    tall_page.clock.fast_forward(2 * MINUTE)
    [report] = leave(tall_page, recorder)
    assert_milliseconds(report.pop("e"), 2 * MINUTE)
    assert report == {
        "n": "engagement",
        "u": recorder.origin + "/tall",
        "d": "127.0.0.1",
        "sd": 50,
    }


def test_a_page_never_scrolled_is_seen_as_far_as_the_screen_goes(
    tall_page: Page, recorder: "Recorder"
):
    assert leave(tall_page, recorder)[0]["sd"] == 10


def test_a_page_that_fits_the_screen_is_seen_whole(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/short"))
    assert leave(page, recorder)[0]["sd"] == 100


def test_hiding_tells_and_the_time_hidden_is_not_counted(tall_page: Page, recorder: "Recorder"):
    tall_page.clock.fast_forward(MINUTE)
    tall_page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }""")
    [report] = recorder.wait_for("engagement")
    assert_milliseconds(report["e"], MINUTE)
    tall_page.clock.fast_forward(30 * MINUTE)
    assert leave(tall_page, recorder) == [report]


def test_leaving_tells_in_a_browser_that_says_so_late(page: Page, recorder: "Recorder"):
    # Safari before 14.1: going to another page does not hide the one left.
    page.add_init_script(
        "addEventListener('visibilitychange', event => event.stopImmediatePropagation(), true)"
    )
    page.goto(recorder.add_page("/short"))
    assert leave(page, recorder)[0]["u"] == recorder.origin + "/short"


def test_time_without_focus_is_not_counted(tall_page: Page, recorder: "Recorder"):
    tall_page.clock.fast_forward(MINUTE)
    tall_page.evaluate(BLUR)
    recorder.wait_for("engagement")
    tall_page.clock.fast_forward(30 * MINUTE)
    tall_page.evaluate(FOCUS)
    tall_page.clock.fast_forward(2 * MINUTE)
    first, second = leave(tall_page, recorder, reports=2)
    assert_milliseconds(first["e"], MINUTE)
    assert_milliseconds(second["e"], 2 * MINUTE)


def test_flapping_focus_is_told_once(tall_page: Page, recorder: "Recorder"):
    tall_page.clock.pause_at(tall_page.evaluate("Date.now() + 60000"))
    for _ in range(20):
        tall_page.evaluate(BLUR)
        tall_page.evaluate(FOCUS)
        tall_page.clock.run_for(40)
    tall_page.evaluate("footfall('Flapped')")
    recorder.wait_for("Flapped")
    assert len(recorder.wait_for("engagement")) == 1
    tall_page.clock.run_for(200)
    tall_page.evaluate(BLUR)
    first, second = recorder.wait_for("engagement", 2)
    assert first["e"] >= MINUTE
    assert second["e"] == 20 * 40 + 200


def test_a_deeper_scroll_is_told_however_soon(tall_page: Page, recorder: "Recorder"):
    tall_page.evaluate(BLUR)
    recorder.wait_for("engagement")
    tall_page.evaluate(FOCUS)
    tall_page.evaluate(SCROLL, 6480)
    first, second = leave(tall_page, recorder, reports=2)
    assert (first["sd"], second["sd"]) == (10, 100)


def test_each_step_in_a_single_page_has_its_own_time_and_depth(
    tall_page: Page, recorder: "Recorder"
):
    tall_page.evaluate(SCROLL, 2880)
    tall_page.clock.fast_forward(MINUTE)
    tall_page.evaluate("history.pushState(null, '', '/tall/next')")
    recorder.wait_for("engagement")
    tall_page.evaluate(SCROLL, 0)
    tall_page.clock.fast_forward(2 * MINUTE)
    first, second = leave(tall_page, recorder, reports=2)
    assert first["u"] == recorder.origin + "/tall"
    assert first["sd"] == 50
    assert_milliseconds(first["e"], MINUTE)
    assert second["u"] == recorder.origin + "/tall/next"
    assert second["sd"] == 10
    assert_milliseconds(second["e"], 2 * MINUTE)
