"""axe-core finds nothing serious, in light and in dark, on a desk and on a phone."""

from pathlib import Path

import pytest
from missing import give_up
from playwright.sync_api import Page, expect
from server import Server

from tests.browser.conftest import DEMO
from tests.browser.dashboard import Dashboard

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
SERIOUS = ("serious", "critical")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        give_up("no axe-core: npm install --prefix tests")
    return AXE.read_text()


def serious_findings(page: Page, axe: str) -> list[tuple[str, list[str]]]:
    """Return what axe calls serious or critical, with the places."""
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]])
        for each in found
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_dashboard(dashboard: Dashboard, axe: str, theme: str, size):
    page = dashboard.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size(size)
    dashboard.open(f"/?site={DEMO}&period=7d&filter=visit%3Asource&is=Google&pages=exit").settle()
    assert serious_findings(page, axe) == []
    page.locator("#places").get_by_role("button", name="Details").or_(
        page.locator("#places").get_by_role("button", name="Show all")
    ).click()
    expect(page.locator("dialog .rows")).to_be_visible()
    assert serious_findings(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/?site=unused.example", f"/embed?site={DEMO}&period=7d"])
def test_the_door_and_frames(dashboard: Dashboard, axe: str, theme: str, path: str):
    page = dashboard.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    dashboard.open(path, key="")
    if "embed" in path:
        dashboard.settle()
    else:
        expect(page.get_by_label("Query key")).to_be_visible()
    assert serious_findings(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_word_to_visitors(demo_server: Server, page: Page, axe: str, theme: str):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(PHONE)
    page.goto(demo_server.url + "/opt-out")
    page.get_by_text("The switch for your privacy page").click()
    assert serious_findings(page, axe) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_moves_sideways(dashboard: Dashboard, size):
    page = dashboard.page
    page.set_viewport_size(size)
    dashboard.open(f"/?site={DEMO}&period=7d").settle()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= size["width"]
