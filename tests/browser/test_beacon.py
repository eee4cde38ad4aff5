"""What the script sends, and how."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

WITHOUT_SEND_BEACON = "delete Navigator.prototype.sendBeacon"

# A browser opens six connections to a host: what comes next waits until the page is gone.
FILL_CONNECTIONS = """origin => {
  for (let n = 0; n < 6; n++) fetch(origin + "/never?" + n).catch(() => {});
}"""


def test_a_pageview_tells_page_site_referrer_and_width(page: Page, recorder: "Recorder"):
    page.goto(recorder.origin + "/sample/?utm_source=letter")
    recorder.wait_for("pageview")
    page.get_by_role("link", name="Bread plans", exact=True).click()
    first, second = recorder.wait_for("pageview", 2)
    assert first == {
        "n": "pageview",
        "u": recorder.origin + "/sample/?utm_source=letter",
        "d": "example.com",
        "r": "",
        "w": 1280,
    }
    assert second == {
        "n": "pageview",
        "u": recorder.origin + "/sample/pricing",
        "d": "example.com",
        "r": recorder.origin + "/sample/?utm_source=letter",
        "w": 1280,
    }


def test_a_custom_event_carries_its_props(page: Page, recorder: "Recorder"):
    page.goto(recorder.origin + "/sample/pricing")
    page.locator("[data-plan=pro]").click()
    [signup] = recorder.wait_for("Signup")
    assert signup["p"] == {"plan": "pro"}
    assert signup["u"] == recorder.origin + "/sample/pricing"
    assert signup["d"] == "example.com"
    assert "i" not in signup


def test_a_custom_event_can_be_non_interactive(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/"))
    page.evaluate("footfall('Video seen', { interactive: false })")
    [seen] = recorder.wait_for("Video seen")
    assert seen["i"] is False
    assert "p" not in seen


def test_calls_made_before_the_script_is_there_are_replayed(page: Page, recorder: "Recorder"):
    calls = """<script>
      window.footfall = window.footfall || function () {
        (footfall.q = footfall.q || []).push(arguments);
      };
      footfall("Early", { props: { number: 1 } });
      footfall("Early", { props: { number: 2 } });
    </script>"""
    page.goto(recorder.add_page("/", body=calls))
    early = recorder.wait_for("Early", 2)
    assert {hit["p"]["number"] for hit in early} == {1, 2}
    assert len(recorder.wait_for("pageview")) == 1


def test_a_send_needs_no_leave_of_another_origin(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/"))
    recorder.wait_for("pageview")
    [beacon] = recorder.beacons
    assert recorder.methods == {"POST"}
    assert beacon.path == "/api/event"
    assert beacon.headers["host"] in recorder.other_origin
    assert beacon.headers["content-type"] == "text/plain;charset=UTF-8"
    assert "cookie" not in beacon.headers


def test_what_is_sent_last_goes_out_after_the_page(page: Page, recorder: "Recorder"):
    page.add_init_script(WITHOUT_SEND_BEACON)
    page.goto(recorder.add_page("/"))
    recorder.wait_for("pageview")
    page.evaluate(FILL_CONNECTIONS, recorder.other_origin)
    page.close(run_before_unload=True)
    recorder.wait_for("engagement")  # it went out after the page was gone
    assert recorder.methods == {"POST"}


def test_the_site_is_the_host_name_unless_told(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/"))
    assert recorder.wait_for("pageview")[0]["d"] == "127.0.0.1"


def test_the_tag_names_sites_and_the_collector(page: Page, recorder: "Recorder"):
    attributes = 'data-site="example.com,all.example" data-api="/elsewhere"'
    page.goto(recorder.add_page("/", attributes))
    assert recorder.wait_for("pageview")[0]["d"] == "example.com,all.example"
    assert recorder.beacons[0].path == "/elsewhere"
    assert recorder.beacons[0].headers["host"] in recorder.origin


def test_a_script_included_twice_counts_once(page: Page, recorder: "Recorder"):
    again = '<script defer src="/js/footfall.js"></script>'
    page.goto(recorder.add_page("/", body=again))
    page.evaluate("history.pushState(null, '', '/next')")
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence")
    assert len(recorder.wait_for("pageview", 2)) == 2
    assert len(recorder.wait_for("engagement")) == 1


@pytest.mark.parametrize("api", ["http://[", "http://127.0.0.1:1/"])
def test_nothing_is_thrown_into_the_page(page: Page, recorder: "Recorder", api: str):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(recorder.add_page("/", f'data-api="{api}"'))
    page.evaluate("""() => {
      const circle = {};
      circle.circle = circle;
      footfall("Circle", { props: circle });
      footfall("Nothing", null);
      footfall();
      history.pushState(null, "", "/next");
    }""")
    page.goto(recorder.origin + "/sample/")
    recorder.wait_for("pageview")
    assert errors == []
