"""What the script does not do."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

README = (Path(__file__).parents[2] / "README.md").read_text()
[SWITCH_OF_THE_README] = re.findall(r"```html\n(<button.*?)```", README, re.DOTALL)
STORES = ["sessionStorage", "indexedDB", "caches", "cookieStore"]
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
  const kept = window.localStorage;
  const tell = (what) => (_, name, ...more) => {{
    touched.push(`${{what}} ${{String(name)}}`);
    const done = Reflect[what](kept, name, ...more.slice(0, what == "set" ? 1 : 0));
    return typeof done == "function" ? done.bind(kept) : done;
  }};
  const traps = {{}};
  for (const what of ["get", "set", "has", "deleteProperty", "ownKeys"]) traps[what] = tell(what);
  const watched = new Proxy(kept, traps);
  Object.defineProperty(window, "localStorage", {{ get: () => watched }});
"""
EVERY_HIT = """() => {
  footfall("Signup", { props: { plan: "pro" } });
  history.pushState(null, "", "/next");
}"""
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


def test_of_what_is_kept_only_the_opt_out_is_looked_for(page: Page, recorder: "Recorder"):
    page.add_init_script(REPORT_TOUCHES)
    page.goto(recorder.add_page("/", body="<a href='#'>Here</a>", script="footfall.auto.js"))
    page.get_by_role("link").click()
    page.evaluate(EVERY_HIT)
    recorder.wait_for("pageview", 2)
    assert set(page.evaluate("touched")) == {"get footfall"}
    page.evaluate("document.cookie, localStorage.length, localStorage.other = 1")
    assert page.evaluate("touched.slice(-3)") == ["cookie", "get length", "set other"], "no trap"


def test_a_visitor_who_opts_out_is_not_counted_until_they_opt_in(
    context: BrowserContext, page: Page, recorder: "Recorder"
):
    page.goto(recorder.add_page("/", script="footfall.auto.js"))
    recorder.wait_for("pageview")
    page.evaluate("footfall.optOut()")
    [origin] = context.storage_state()["origins"]
    assert origin["localStorage"] == [{"name": "footfall", "value": "out"}]
    use_the_site(page, recorder)
    page.goto(recorder.add_page("/again"))
    page.evaluate("footfall('Unsent')")
    page.evaluate("footfall.optIn()")
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence")
    assert [beacon.hit["n"] for beacon in recorder.beacons] == ["pageview", "Fence"]
    assert context.storage_state()["origins"] == []


def test_where_nothing_can_be_stored_an_opt_out_says_so(page: Page, recorder: "Recorder"):
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    page.add_init_script(refuse)
    page.goto(recorder.add_page("/"))
    recorder.wait_for("pageview")
    with pytest.raises(PlaywrightError, match="no"):
        page.evaluate("footfall.optOut()")


def test_the_switch_of_the_readme_opts_out_and_in_again(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/privacy", body=SWITCH_OF_THE_README))
    recorder.wait_for("pageview")
    page.get_by_role("button", name="Do not count my visits").click()
    page.evaluate("footfall('Unsent')")
    page.reload()
    page.get_by_role("button", name="Count my visits again").click()
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence")
    assert recorder.named("Unsent") == []
    assert len(recorder.named("pageview")) == 1
    expect(page.get_by_role("button")).to_have_text("Do not count my visits")


def test_the_switch_stays_away_where_the_script_is_blocked(page: Page, recorder: "Recorder"):
    page.route("**/js/footfall.js", lambda route: route.abort())
    page.goto(recorder.add_page("/privacy", body=SWITCH_OF_THE_README))
    expect(page.locator("#footfall-switch")).to_be_hidden()


def test_the_sample_site_asks_nobody_else(page: Page, recorder: "Recorder"):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    use_the_site(page, recorder)
    assert asked
    assert [url for url in asked if not url.startswith(recorder.origin + "/")] == []
