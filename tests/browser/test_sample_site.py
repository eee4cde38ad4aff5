"""The whole way with a real browser: sample page, script, collector, ClickHouse, query API."""

import pytest
from playwright.sync_api import Page, Route, expect
from server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("sample") / "data") as running:
        yield running


def rows(server, dimension: str, *metrics: str) -> dict:
    answer = server.query(
        site_id="example.com", metrics=list(metrics), date_range="day", dimensions=[dimension]
    )
    return {row["dimensions"][0]: row["metrics"] for row in answer["results"]}


def test_a_visit_is_shown_as_it_was(server, page: Page, browser):
    page.goto(f"{server.url}/sample/?utm_source=newsletter&utm_campaign=spring&token=secret#top")
    page.get_by_role("link", name="Tour").first.click()
    page.wait_for_url("**/sample/tour")
    page.get_by_role("navigation").get_by_role("link", name="Bread plans").click()
    page.wait_for_url("**/sample/pricing")
    page.locator("[data-plan]").first.click()
    page.wait_for_timeout(1_200)
    page.goto("about:blank")
    server.wait_for("events", 1, site_id="example.com")

    totals = server.query(
        site_id="example.com",
        metrics=["visitors", "visits", "pageviews", "events", "bounce_rate"],
        date_range="day",
    )
    assert totals["results"][0]["metrics"] == [1, 1, 3, 1, 0.0]
    pages = {"/sample": [1, 1, 1, 0], "/sample/tour": [1, 1, 0, 0], "/sample/pricing": [1, 1, 0, 1]}
    assert rows(server, "event:page", "visitors", "pageviews", "entries", "exits") == pages
    assert rows(server, "visit:source", "visits") == {"Newsletter": [1]}
    assert rows(server, "visit:utm_campaign", "visits") == {"spring": [1]}
    assert rows(server, "visit:screen", "visits") == {"Laptop": [1]}
    assert rows(server, "visit:language", "visits") == {"en": [1]}
    assert rows(server, "visit:os", "visits") == {"Linux": [1]}
    assert rows(server, "event:name", "events", "visitors") == {"Signup": [1, 1]}
    major = browser.version.split(".")[0]
    [(version, visits)] = rows(server, "visit:browser_version", "visits").items()
    assert version.endswith(f" {major}")
    assert visits == [1]
    assert page.context.cookies() == []


def test_time_on_page_arrives_when_the_page_is_left(server, page: Page):
    page.goto(f"{server.url}/sample/journal")
    page.wait_for_timeout(2_100)
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(300)
    page.goto(f"{server.url}/sample/tour")  # another site would end the browser's made-up name
    server.wait_until(lambda: scroll_depth(server) == 100)
    [seconds] = rows(server, "event:page", "time_on_page")["/sample/journal"]
    assert seconds >= 2


def scroll_depth(server) -> int | None:
    pages = rows(server, "event:page", "scroll_depth")
    return pages.get("/sample/journal", [None])[0]


def test_visitors_are_told_what_is_counted_and_opt_out_at_the_site_itself(server, page: Page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.route("http://example.com/**", lambda route: as_a_proxy(server, route))
    page.goto("http://example.com/sample/privacy")
    page.get_by_role("link", name="in plain words").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("how not to be counted")
    page.get_by_role("button", name="Do not count my visits").click()
    expect(page.get_by_role("button")).to_have_text("Count my visits again")
    page.goto("http://example.com/sample/privacy")
    page.get_by_role("button", name="Count my visits again").click()
    expect(page.get_by_role("button")).to_have_text("Do not count my visits")
    assert complaints == []


def as_a_proxy(server, route: Route) -> None:
    """Answer as the server would behind the site's own name."""
    address = route.request.url.replace("http://example.com", server.url)
    headers = route.request.headers | {"host": "example.com"}
    route.fulfill(response=route.fetch(url=address, headers=headers))
