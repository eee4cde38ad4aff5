"""What the script does not do."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

STORES = ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"]
REPORT_TOUCHES = f"""
  window.touched = [];
  for (const store of {STORES}) {{
    const real = window[store];
    Object.defineProperty(window, store, {{ get: () => (touched.push(store), real) }});
  }}
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(document, "cookie", {{
    get: () => (touched.push("cookie"), cookie.get.call(document)),
    set: (value) => (touched.push("cookie"), cookie.set.call(document, value)),
  }});
"""
SESSION_STORES = """async () => ({
  session: sessionStorage.length,
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  window: window.name,
  state: history.state,
})"""


def use_the_site(page: Page, recorder: "Recorder") -> None:
    """Everything that makes the script send: views, an event, a scroll, steps, leaving."""
    page.goto(recorder.origin + "/sample/journal")
    page.evaluate("scrollTo(0, 500)")
    page.get_by_role("link", name="Bread plans").click()
    page.wait_for_url("**/pricing")
    page.locator("[data-plan=pro]").click()
    page.get_by_role("link", name="Tour").click()
    page.wait_for_url("**/tour")
    page.get_by_role("link", name="Kneading").click()


@pytest.mark.parametrize("signal", [True, False])
def test_a_visitor_who_opts_out_by_signal_is_not_counted(
    page: Page, recorder: "Recorder", signal: bool
):
    value = str(signal).lower()
    page.add_init_script(
        f"Object.defineProperty(navigator, 'globalPrivacyControl', {{ value: {value} }})"
    )
    use_the_site(page, recorder)
    page.evaluate("""() => fetch("/api/event", { method: "POST", body: '{"n": "Fence"}' })""")
    recorder.wait_for("Fence")
    if signal:
        assert [beacon.hit for beacon in recorder.beacons] == [{"n": "Fence"}]
    else:
        recorder.wait_for("pageview", 4)
        recorder.wait_for("Signup")
        recorder.wait_for("engagement", 3)


def test_nothing_is_kept_on_the_device(context: BrowserContext, page: Page, recorder: "Recorder"):
    use_the_site(page, recorder)
    recorder.wait_for("engagement", 3)
    assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate(SESSION_STORES) == {
        "session": 0,
        "caches": [],
        "workers": 0,
        "window": "",
        "state": None,
    }


def test_nothing_kept_on_the_device_is_read(page: Page, recorder: "Recorder"):
    page.add_init_script(REPORT_TOUCHES)
    page.goto(recorder.add_page("/"))
    page.evaluate("footfall('Signup', { props: { plan: 'pro' } })")
    page.evaluate("history.pushState(null, '', '/next')")
    recorder.wait_for("pageview", 2)
    assert page.evaluate("touched") == []
    page.evaluate("document.cookie, localStorage.length")
    assert page.evaluate("touched") == ["cookie", "localStorage"], "the trap does not work"


def test_the_sample_site_asks_nobody_else(page: Page, recorder: "Recorder"):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    use_the_site(page, recorder)
    assert asked
    assert [url for url in asked if not url.startswith(recorder.origin + "/")] == []
