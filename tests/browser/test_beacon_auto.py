"""What footfall.auto.js sends by itself."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.recorder import Recorder

LINKS = """
<a href="https://www.example.org/offer/7?token=secret#part">Outbound</a>
<a href="https://example.org/framed"><b><i>Nested</i></b></a>
<a href="https://cdn.example.org/Report.PDF?session=secret">File elsewhere</a>
<a href="/files/list.csv">File</a>
<a href="/files/letter" download>Letter</a>
<a href="/plain">Inside</a>
<a href="mailto:jane@example.org">Write</a>
<a href="#top">Up</a>
<svg width="90" height="30"><a href="https://example.org/drawn"><text y="20">Drawn</text></a></svg>
<form><input name="word" required value="secret"><button>Send</button></form>
<form novalidate id="loose"><button>Loose</button></form>
<script>
  addEventListener("click", (event) => event.target.closest("a") && event.preventDefault(), true);
  document.addEventListener("click", (event) => event.stopImmediatePropagation(), true);
  addEventListener("submit", (event) => event.preventDefault());
</script>"""
OUTBOUND, FILE, FORM, MISSING = "Outbound Link: Click", "File Download", "Form: Submission", "404"


def open_links(page: Page, recorder: "Recorder", attributes: str = "", script="footfall.auto.js"):
    page.goto(recorder.add_page("/links", attributes, LINKS, script=script))
    recorder.wait_for("pageview")


def events(page: Page, recorder: "Recorder") -> list[tuple[str, dict[str, Any]]]:
    """Return the events so far, in no order; all that were sent before now are there."""
    fences = len(recorder.named("Fence"))
    page.evaluate("footfall('Fence')")
    recorder.wait_for("Fence", fences + 1)
    hits = [beacon.hit for beacon in list(recorder.beacons)]
    return [
        (hit["n"], hit["p"]) for hit in hits if hit["n"] not in ("pageview", "engagement", "Fence")
    ]


def click_all(page: Page) -> None:
    for name in ("Outbound", "Nested", "File elsewhere", "File", "Letter", "Inside", "Write", "Up"):
        page.get_by_text(name, exact=True).click()


def test_links_away_and_files_are_told_without_what_a_query_holds(page: Page, recorder: "Recorder"):
    open_links(page, recorder)
    click_all(page)
    recorder.wait_for(OUTBOUND, 2)
    recorder.wait_for(FILE, 3)
    assert sorted(events(page, recorder), key=str) == sorted(
        [
            (OUTBOUND, {"url": "https://www.example.org/offer/7"}),
            (OUTBOUND, {"url": "https://example.org/framed"}),
            (FILE, {"url": "https://cdn.example.org/Report.PDF"}),
            (FILE, {"url": recorder.origin + "/files/list.csv"}),
            (FILE, {"url": recorder.origin + "/files/letter"}),
        ],
        key=str,
    )


def test_a_tab_opened_by_the_middle_button_counts_and_a_menu_does_not(
    page: Page, recorder: "Recorder"
):
    open_links(page, recorder)
    link = page.get_by_text("Outbound", exact=True)
    link.click(button="right")
    link.click(button="middle")
    recorder.wait_for(OUTBOUND)
    assert len(events(page, recorder)) == 1


def test_a_form_counts_when_it_is_sent_and_nothing_of_its_words(page: Page, recorder: "Recorder"):
    open_links(page, recorder)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Loose").click()
    page.get_by_role("textbox").fill("")
    page.get_by_role("button", name="Send").click()  # not valid: not sent
    recorder.wait_for(FORM, 2)
    assert events(page, recorder) == [(FORM, {"path": "/links"})] * 2


@pytest.mark.parametrize(
    ("attribute", "left"),
    [
        ('data-outbound="off"', {FILE: 3, FORM: 1}),
        ('data-downloads="off"', {OUTBOUND: 3, FORM: 1}),
        ('data-downloads="epub, csv"', {OUTBOUND: 3, FILE: 2, FORM: 1}),
        ('data-forms="off"', {OUTBOUND: 2, FILE: 3}),
    ],
)
def test_each_can_be_switched_off(
    page: Page, recorder: "Recorder", attribute: str, left: dict[str, int]
):
    open_links(page, recorder, attribute)
    click_all(page)
    page.get_by_role("button", name="Send").click()
    for name, count in left.items():
        recorder.wait_for(name, count)
    assert len(events(page, recorder)) == sum(left.values())


def test_the_plain_script_sends_none_of_it(page: Page, recorder: "Recorder"):
    open_links(page, recorder, "data-404", script="footfall.js")
    click_all(page)
    page.get_by_role("button", name="Send").click()
    assert events(page, recorder) == []


def test_a_missing_page_tells_its_path_and_is_no_act_of_the_visitor(
    page: Page, recorder: "Recorder"
):
    page.goto(recorder.add_page("/lost/page", "data-404", script="footfall.auto.js") + "?id=secret")
    [missing] = recorder.wait_for(MISSING)
    assert (missing["p"], missing["i"]) == ({"path": "/lost/page"}, False)
    recorder.wait_for("pageview")


def test_a_missing_page_in_the_background_counts_when_it_shows(page: Page, recorder: "Recorder"):
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.shown })")
    page.goto(recorder.add_page("/lost", "data-404", script="footfall.auto.js"))
    assert events(page, recorder) == []
    page.evaluate("window.shown = true")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    recorder.wait_for(MISSING)
    recorder.wait_for("pageview")


def test_links_in_a_shadow_tree_count(page: Page, recorder: "Recorder"):
    open_links(page, recorder)
    page.evaluate("""() => {
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({ mode: "open" }).innerHTML = "<a href='https://example.org/deep'>Deep</a>";
    }""")
    page.get_by_text("Deep", exact=True).click()
    [deep] = recorder.wait_for(OUTBOUND)
    assert deep["p"] == {"url": "https://example.org/deep"}


def test_both_scripts_on_a_page_count_once(page: Page, recorder: "Recorder"):
    again = '<script defer src="/js/footfall.js"></script><script defer src="/js/footfall.auto.js"></script>'
    page.goto(recorder.add_page("/twice", body=again + LINKS, script="footfall.auto.js"))
    page.get_by_text("Outbound", exact=True).click()
    recorder.wait_for(OUTBOUND)
    assert len(events(page, recorder)) == 1
    assert len(recorder.wait_for("pageview")) == 1
