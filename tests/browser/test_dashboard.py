"""The dashboard shows what the API answers, and does what a click says."""

import csv
import io
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DEMO
from tests.browser.dashboard import CURRENT_VISITORS, Dashboard, number, read_rows

SHARE = ("visitors", "percentage")
ACTS = ("visitors", "events", "conversion_rate")
TABS = {
    "pages": {
        "Top pages": ("event:page", SHARE),
        "Entry pages": ("visit:entry_page", SHARE),
        "Exit pages": ("visit:exit_page", SHARE),
        "Sections": ("event:section", SHARE),
    },
    "sources": {
        "Sources": ("visit:source", SHARE),
        "Channels": ("visit:channel", SHARE),
        "Referrers": ("visit:referrer", SHARE),
        "Campaigns": ("visit:utm_campaign", SHARE),
    },
    "places": {
        "Countries": ("visit:country", SHARE),
        "Regions": ("visit:region", SHARE),
        "Cities": ("visit:city", SHARE),
        "Providers": ("visit:provider", SHARE),
        "Languages": ("visit:language", SHARE),
    },
    "technology": {
        "Browsers": ("visit:browser", SHARE),
        "Versions": ("visit:browser_version", SHARE),
        "Systems": ("visit:os", SHARE),
        "System versions": ("visit:os_version", SHARE),
        "Devices": ("visit:device", SHARE),
        "Screens": ("visit:screen", SHARE),
    },
    "actions": {
        "Goals": ("event:goal", ("visitors", "conversion_rate")),
        "Events": ("event:name", ACTS),
    },
}
HEADLINE = [
    "visitors",
    "visits",
    "pageviews",
    "views_per_visit",
    "bounce_rate",
    "visit_duration",
]
WEEK = f"/?site={DEMO}&period=7d"
GOOGLE = ["is", "visit:source", ["Google"]]


def expected(dashboard: Dashboard, dimension: str, metrics: tuple[str, ...], **more) -> dict:
    """Return all rows of the API by value, as a list should show them."""
    query = {"site_id": DEMO, "date_range": "7d", "metrics": list(metrics)} | more
    answer = dashboard.ask(dimensions=[dimension], **query)
    return {row["dimensions"][0]: row["metrics"] for row in answer["results"]}


@pytest.fixture
def week(dashboard: Dashboard):
    """The dashboard of the last seven days; at the end nothing was complained about."""
    yield dashboard.open(WEEK).settle()
    assert dashboard.complaints == []
    assert dashboard.foreign == []


@pytest.mark.parametrize("panel", TABS)
def test_every_list_shows_the_numbers_of_the_api(week: Dashboard, panel: str):
    for tab, (dimension, metrics) in TABS[panel].items():
        week.choose_tab(panel, tab)
        known = expected(week, dimension, metrics)
        if tab == "Campaigns":
            del known["(none)"]  # most visits, which would leave the others no room
        shown = week.rows(panel)
        assert shown, tab
        assert len(shown) >= min(len(known), 8), tab
        assert {row.value: row.numbers for row in shown} == {
            row.value: known[row.value] for row in shown
        }, tab
        visitors = [row.numbers[0] for row in shown]
        assert visitors == sorted(visitors, reverse=True)
        assert visitors[0] == max(numbers[0] for numbers in known.values())


def test_a_property_lists_its_values(week: Dashboard):
    week.choose_tab("actions", "Properties")
    week.panel("actions").get_by_label("Property").select_option("plan")
    expect(week.row("actions", "pro").or_(week.row("actions", "team")).first).to_be_visible()
    week.settle()
    known = expected(week, "event:props:plan", ACTS)
    assert {row.value: row.numbers for row in week.rows("actions")} == known


def test_the_parts_of_campaigns_are_lists_of_their_own(week: Dashboard):
    week.choose_tab("sources", "Campaigns")
    week.panel("sources").get_by_label("Part of the campaign").select_option("medium")
    expect(week.panel("sources").get_by_role("columnheader", name="UTM medium")).to_be_visible()
    week.settle()
    known = expected(week, "visit:utm_medium", SHARE)
    shown = week.rows("sources")
    assert {row.value for row in shown} == known.keys() - {"(none)"}
    assert {row.value: row.numbers for row in shown} == {
        row.value: known[row.value] for row in shown
    }


def test_the_headline_is_that_of_the_api_and_its_definitions_are_told(week: Dashboard):
    comparisons = {"comparisons": {"mode": "previous_period"}}
    answer = week.ask(site_id=DEMO, metrics=HEADLINE, date_range="7d", include=comparisons)
    [row] = answer["results"]
    shown = week.headline()
    assert list(shown) == HEADLINE
    values = dict(zip(HEADLINE, row["metrics"], strict=True))
    seconds = values.pop("visit_duration")
    assert {name: number(shown[name]) for name in values} == values
    assert shown["visit_duration"] == f"{seconds // 60}m {seconds % 60:02}s"
    visitors = week.page.locator(".number").first
    change = row["comparison"]["change"][0]
    before = row["comparison"]["metrics"][0]
    assert f"vs. {before:,}" in visitors.inner_text()
    assert ("↑" if change > 0 else "↓") in visitors.inner_text()
    visitors.hover()
    tip = week.page.get_by_role("tooltip").first
    expect(tip).to_be_visible()
    assert tip.inner_text().lower().rstrip(".") == answer["meta"]["definitions"]["visitors"]


def test_the_map_and_its_list_are_one(week: Dashboard):
    known = expected(week, "visit:country", ("visitors",))
    colored = week.page.locator(".map path[data-known]").evaluate_all(
        "paths => paths.map(path => path.dataset.code)"
    )
    assert set(colored) == set(known) - {"(unknown)"}
    assert "Germany" in week.panel("places").inner_text()
    week.page.locator('.map path[data-code="DE"]').click()
    expect(week.page.locator(".chip")).to_have_text("Country is Germany")
    week.settle()


def test_the_series_is_told_as_a_table_and_by_the_arrow_keys(week: Dashboard):
    answer = week.ask(
        site_id=DEMO,
        metrics=["visits"],
        date_range="7d",
        dimensions=["time:day"],
        include={"fill": True, "comparisons": {"mode": "previous_period"}},
    )
    week.page.locator('.number[data-key="visits"]').click()
    week.settle()
    lines = week.page.locator(".chart-frame tbody tr").evaluate_all(
        "lines => lines.map(line => [...line.querySelectorAll('td')].map(cell => cell.innerText))"
    )
    assert [[number(text) for text in line] for line in lines] == [
        [row["metrics"][0], row["comparison"]["metrics"][0]] for row in answer["results"]
    ]
    slider = week.page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    slider.press("ArrowRight")
    second = answer["results"][1]
    assert f": {second['metrics'][0]:,}, before" in str(slider.get_attribute("aria-valuetext"))
    tip = week.page.locator(".chart-tip")
    expect(tip).to_be_visible()
    assert f"{second['metrics'][0]:,}" in tip.inner_text()


def test_hovering_the_chart_tells_both_periods(week: Dashboard):
    week.page.locator(".u-over").hover(position={"x": 3, "y": 40})
    tip = week.page.locator(".chart-tip")
    expect(tip).to_be_visible()
    assert len(tip.locator("dd").all()) >= 2


def test_the_steps_of_the_chart_can_be_chosen(week: Dashboard):
    week.page.get_by_role("button", name="Hours").click()
    expect(week.page.locator(".chart-frame tbody tr")).to_have_count(7 * 24)
    assert "grain=time%3Ahour" in week.page.url
    assert week.asked[-1]["dimensions"] == ["time:hour"]


def test_a_click_on_a_row_filters_everything_by_it(week: Dashboard):
    week.row("sources", "Google").click()
    expect(week.page.locator(".chip")).to_have_text("Source is Google")
    week.settle()
    filters = {"filters": [GOOGLE]}
    answer = week.ask(site_id=DEMO, metrics=["visitors"], date_range="7d", **filters)
    assert number(week.headline()["visitors"]) == answer["results"][0]["metrics"][0]
    known = expected(week, "event:page", SHARE, **filters)
    shown = week.rows("pages")
    assert shown
    assert {row.value: row.numbers for row in shown} == {
        row.value: known[row.value] for row in shown
    }
    assert [row.value for row in week.rows("sources")] == ["Google"]
    expect(week.panel("pages").locator(".withheld")).to_contain_text("fewer than 5 visitors a day")
    week.page.get_by_role("button", name="Remove the filter").click()
    expect(week.page.locator(".chip")).to_have_count(0)
    week.settle()
    assert len(week.rows("sources")) == 9


def test_what_the_filter_does_not_meet_says_so(week: Dashboard):
    week.row("sources", "Google").click()
    expect(week.page.locator(".chip")).to_be_visible()
    week.choose_tab("pages", "Exit pages")
    panel = week.panel("pages")
    expect(panel).to_contain_text("Exit pages cannot be told for one source (Google)")
    expect(panel).to_contain_text("Shown with this filter: Top pages")
    assert week.rows("pages") == []


def test_a_second_filter_is_refused_and_offered_in_place_of_the_first(week: Dashboard):
    week.row("sources", "Google").click()
    expect(week.page.locator(".chip")).to_have_text("Source is Google")
    week.settle()
    week.row("technology", "Chrome").click()
    expect(week.page.get_by_role("status").last).to_contain_text("One filter at a time")
    expect(week.page.locator(".chip")).to_have_text("Source is Google")
    week.page.get_by_role("button", name="Take Chrome instead").click()
    expect(week.page.locator(".chip")).to_have_text("Browser is Chrome")


def test_a_goal_as_the_filter_brings_its_own_numbers(week: Dashboard):
    week.row("actions", "Signup").click()
    expect(week.page.locator(".chip")).to_have_text("Goal is Signup")
    week.settle()
    metrics = ["visitors", "visits", "pageviews", "events", "conversion_rate"]
    goal = [["is", "event:goal", ["Signup"]]]
    answer = week.ask(site_id=DEMO, metrics=metrics, date_range="7d", filters=goal)
    shown = {name: number(text) for name, text in week.headline().items()}
    assert shown == dict(zip(metrics, answer["results"][0]["metrics"], strict=True))


def test_another_period_is_asked_for_and_kept_in_the_address(week: Dashboard):
    week.page.get_by_label("Period", exact=True).select_option("24h")
    week.settle()
    answer = week.ask(site_id=DEMO, metrics=["pageviews"], date_range="24h")
    assert number(week.headline()["pageviews"]) == answer["results"][0]["metrics"][0]
    assert "period=24h" in week.page.url
    week.page.go_back()
    expect(week.page.get_by_label("Period", exact=True)).to_have_value("7d")
    week.settle()
    week.page.get_by_label("Comparison").select_option("off")
    week.settle()
    assert "vs." not in week.page.locator(".headline").inner_text()


def test_custom_dates(week: Dashboard):
    answer = week.ask(site_id=DEMO, metrics=["visits"], date_range="7d")
    first, last = answer["query"]["date_range"]
    week.page.get_by_label("Period", exact=True).select_option("custom")
    week.page.get_by_label("First day").fill(last)
    week.page.get_by_label("Last day").fill(first)
    week.page.get_by_role("button", name="Show", exact=True).click()
    expect(week.page.get_by_role("alert")).to_have_text("The first day is after the last.")
    week.page.get_by_label("First day").fill(first)
    week.page.get_by_label("Last day").fill(last)
    week.page.get_by_role("button", name="Show", exact=True).click()
    expect(week.page.locator("dialog")).to_have_count(0)
    week.settle()
    assert f"from={first}&to={last}" in week.page.url
    assert number(week.headline()["visits"]) == answer["results"][0]["metrics"][0]


def test_an_address_opens_what_it_was_taken_from(week: Dashboard, context):
    week.choose_tab("technology", "Devices")
    week.row("technology", "mobile").click()
    expect(week.page.locator(".chip")).to_have_text("Device is Mobile")
    week.page.locator('.number[data-key="bounce_rate"]').click()
    week.settle()
    address = week.page.url
    assert "key" not in address
    other = Dashboard(context.new_page(), week.server)
    other.open(address.removeprefix(week.server.url)).settle()
    expect(other.page.locator(".chip")).to_have_text("Device is Mobile")
    expect(other.page.locator('.number[data-key="bounce_rate"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    assert other.headline() == week.headline()
    assert other.rows("technology") == week.rows("technology")


def test_details_list_everything_and_can_be_searched_and_sorted(week: Dashboard):
    week.panel("pages").get_by_role("button", name="Show all").click()
    dialog = week.page.get_by_role("dialog", name="Top pages")
    expect(dialog.locator(".rows")).to_be_visible()
    metrics = ("visitors", "percentage", "pageviews")
    known = expected(week, "event:page", metrics)
    lines = dialog.locator(".rows tbody tr")
    shown = {row.value: row.numbers[:3] for row in read_rows(lines)}
    assert shown == {value: known[value] for value in shown}
    assert len(shown) == min(len(known), 100)
    dialog.get_by_role("button", name="Pageviews").click()
    pageviews = [row.numbers[2] for row in read_rows(lines)]
    assert all(a >= b for a, b in pairwise(pageviews))
    dialog.get_by_label("Search").fill("pricing")
    values = [row.value for row in read_rows(lines)]
    assert sorted(values) == sorted(value for value in known if "pricing" in value)
    dialog.get_by_label("Search").fill("")
    week.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("panel", TABS)
def test_every_panel_can_be_downloaded(week: Dashboard, panel: str):
    with week.page.expect_download() as download:
        week.panel(panel).get_by_role("button", name=re.compile("as CSV")).click()
    first, *_ = TABS[panel].values()
    dimension, _ = first
    head, *lines = list(csv.reader(io.StringIO(download.value.path().read_text())))
    assert head[:2] == [dimension, "visitors"]
    known = expected(week, dimension, ("visitors",))
    assert {line[0]: [int(line[1])] for line in lines} == known
    assert download.value.suggested_filename.startswith(f"{DEMO}_")


def test_a_spreadsheet_runs_nothing_of_a_download(week: Dashboard):
    module = week.page.locator('link[rel=modulepreload][href$="/csv.js"]').get_attribute("href")
    written = week.page.evaluate(
        "async (module) => (await import(module)).written("
        """[["=1+1", "@x", "-2", "a,b", 'q"q', "line\\nline", -3, null]])""",
        module,
    )
    assert written == '\'=1+1,\'@x,\'-2,"a,b","q""q","line\nline",-3,\r\n'


def test_current_visitors_are_told(week: Dashboard):
    expect(week.page.locator(".live").first).to_have_text(f"{CURRENT_VISITORS} current visitors")


def test_everything_can_be_reached_by_keyboard(week: Dashboard):
    page = week.page
    page.get_by_role("tab", name="Top pages").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Entry pages")).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.activeElement.id") == "pages-entry"
    week.settle()
    page.keyboard.press("Tab")  # download
    page.keyboard.press("Tab")  # the first row
    first = week.rows("pages")[0].value
    assert page.evaluate("document.activeElement.dataset.key") == first
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text(f"Entry page is {first}")
    week.settle()
    assert page.evaluate("document.activeElement.dataset.key") == first
    page.locator('.number[data-key="visits"]').focus()
    page.keyboard.press("Enter")
    week.settle()
    assert page.evaluate("document.activeElement.dataset.key") == "visits"


def test_first_paint_asks_little(week: Dashboard):
    lists = len(TABS)
    assert len(week.asked) == 1 + 2 + lists  # the key's sites, headline and chart, the panels
