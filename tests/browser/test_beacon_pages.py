"""The script on pages of many shapes."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

STRICT = "default-src 'none'; script-src {scripts}; connect-src {api}"
CLOSED_AT_ONCE = "<script defer src='/close.js'></script>"


def policy(text: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{text}">'


def sent_from(recorder: "Recorder", name: str) -> list[str]:
    return sorted(hit["u"].removeprefix(recorder.origin) for hit in recorder.named(name))


def test_pages_one_after_another_are_views_with_their_times(page: Page, recorder: "Recorder"):
    for path in ("/one", "/two", "/three"):
        page.goto(recorder.add_page(path))
    page.close(run_before_unload=True)
    recorder.wait_for("pageview", 3)
    recorder.wait_for("engagement", 3)
    assert sent_from(recorder, "pageview") == ["/one", "/three", "/two"]
    assert sent_from(recorder, "engagement") == ["/one", "/three", "/two"]


def test_a_page_closed_at_once_is_counted(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/opener"))
    recorder.pages["/close.js"] = "close()"
    with page.expect_popup() as popup:
        page.evaluate(
            "address => void open(address)", recorder.add_page("/at-once", body=CLOSED_AT_ONCE)
        )
    if not popup.value.is_closed():
        popup.value.wait_for_event("close")
    recorder.wait_for("pageview", 2)
    assert "/at-once" in sent_from(recorder, "pageview")


def test_a_tag_put_in_by_another_script_counts_as_one_in_the_page(page: Page, recorder: "Recorder"):
    page.goto(recorder.add_page("/managed", script="none.js"))
    page.evaluate(
        """address => {
          const tag = document.createElement("script");
          tag.dataset.site = "managed.example";
          tag.src = address;
          document.head.append(tag);
        }""",
        recorder.other_origin + "/js/footfall.js",
    )
    [view] = recorder.wait_for("pageview")
    assert view["d"] == "managed.example"


def test_a_page_in_a_frame_counts_for_itself(page: Page, recorder: "Recorder"):
    inner = recorder.add_page("/inner", 'data-site="inner.example"')
    page.goto(recorder.add_page("/outer", "", f"<iframe src='{inner}'></iframe>"))
    views = recorder.wait_for("pageview", 2)
    found = {hit["u"].removeprefix(recorder.origin): hit for hit in views}
    assert (found["/inner"]["d"], found["/inner"]["r"]) == (
        "inner.example",
        recorder.origin + "/outer",
    )
    assert (found["/outer"]["d"], found["/outer"]["w"]) == ("127.0.0.1", 1280)
    assert found["/inner"]["w"] < found["/outer"]["w"]


def test_a_frame_that_may_store_nothing_counts_all_the_same(page: Page, recorder: "Recorder"):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    inner = recorder.add_page("/inner")
    frame = f"<iframe sandbox='allow-scripts' src='{inner}'></iframe>"
    page.goto(recorder.add_page("/outer", body=frame))
    recorder.wait_for("pageview", 2)
    assert sent_from(recorder, "pageview") == ["/inner", "/outer"]
    assert errors == []


@pytest.mark.parametrize("script", ["footfall.js", "footfall.auto.js"])
def test_a_strict_content_policy_only_has_to_name_the_collector(
    page: Page, recorder: "Recorder", script: str
):
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    strict = STRICT.format(scripts=recorder.other_origin, api=recorder.other_origin)
    page.goto(recorder.add_page("/strict", head=policy(strict), script=script))
    page.evaluate("history.pushState(null, '', '/strict/next')")
    recorder.wait_for("pageview", 2)
    page.close(run_before_unload=True)
    recorder.wait_for("engagement", 2)
    assert heard == []


def test_a_policy_that_forbids_sending_harms_nothing(page: Page, recorder: "Recorder"):
    errors: list[str] = []
    complaints: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    strict = STRICT.format(scripts=recorder.other_origin, api="'none'")
    page.goto(recorder.add_page("/strict", head=policy(strict)))
    page.goto(recorder.add_page("/open"))
    recorder.wait_for("pageview")
    assert sent_from(recorder, "pageview") == ["/open"]
    assert errors == []
    assert complaints, "the policy was not in force"


def test_a_site_without_send_beacon_is_counted_to_the_end(page: Page, recorder: "Recorder"):
    page.add_init_script("delete Navigator.prototype.sendBeacon")
    page.goto(recorder.add_page("/old"))
    assert not page.evaluate("'sendBeacon' in navigator")
    page.close(run_before_unload=True)
    recorder.wait_for("pageview")
    recorder.wait_for("engagement")


@pytest.mark.parametrize(
    ("pattern", "excluded"),
    [
        ("/admin", ["/admin"]),
        ("/admin/*", ["/admin/", "/admin/users/7"]),
        ("/ADMIN, /admin*,/shop/a.b", ["/admin", "/admin/", "/admin/users/7", "/shop/a.b"]),
        ("*/7", ["/admin/users/7"]),
        ("/(a+", ["/(a+"]),
        ("", []),
    ],
)
def test_excluded_paths_send_nothing(
    page: Page, recorder: "Recorder", pattern: str, excluded: list[str]
):
    paths = ["/start", "/admin", "/admin/", "/admin/users/7", "/shop/a.b", "/shop/a-b", "/(a+"]
    page.goto(recorder.add_page("/start", f'data-exclude="{pattern}"'))
    for path in paths[1:]:
        page.evaluate("path => history.pushState(null, '', path)", path)
        page.evaluate("footfall('Act')")
    page.evaluate("history.pushState(null, '', '/end')")
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence")
    counted = sorted(set(paths) - set(excluded))
    recorder.wait_for("pageview", len(counted) + 1)
    assert sent_from(recorder, "pageview") == sorted([*counted, "/end"])
    assert sent_from(recorder, "Act") == sorted(set(counted) - {"/start"})
    assert set(sent_from(recorder, "engagement")) <= set(counted)


def test_an_excluded_page_tells_no_time_either(
    page: Page, recorder: "Recorder", context: BrowserContext
):
    page.goto(recorder.add_page("/admin/users", 'data-exclude="/admin/*"'))
    page.close(run_before_unload=True)
    other = context.new_page()
    other.goto(recorder.add_page("/open"))
    other.close(run_before_unload=True)
    recorder.wait_for("engagement")
    assert {hit["u"] for hit in (beacon.hit for beacon in recorder.beacons)} == {
        recorder.origin + "/open"
    }
