"""A dashboard opened in Chromium, as tests read and use it."""

import re
from typing import Any, NamedTuple

from playwright.sync_api import Locator, Page, Request, Route, expect
from server import KEY, Server

NUMBER = re.compile(r"[\d,.]+")
CURRENT_VISITORS = 3


NOTHING = "\N{EN DASH}"
"""What stands for a rate of nothing."""


class Row(NamedTuple):
    """A line of a list as it is shown."""

    value: str
    numbers: list[float | None]


class Dashboard:
    """A page with the dashboard, and what the browser had to say about it."""

    def __init__(self, page: Page, server: Server):
        self.page = page
        self.server = server
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.with_key: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._see)

    def open(self, address: str, key: str = KEY) -> "Dashboard":
        """Open an address of the server as someone who has signed in, or without a key."""
        if key:
            self.page.add_init_script(f"sessionStorage.setItem('footfall-key', '{key}')")
        self.page.route("**/api/v2/realtime*", _tell_current_visitors)
        self.page.goto(self.server.url + address)
        return self

    def settle(self) -> "Dashboard":
        """Wait until everything is shown that was asked for."""
        expect(self.page.locator("#dashboard main")).to_be_visible()
        expect(self.page.locator(".bone")).to_have_count(0, timeout=30_000)
        expect(self.page.locator(".waiting, [aria-busy]")).to_have_count(0, timeout=30_000)
        return self

    def panel(self, panel: str) -> Locator:
        return self.page.locator(f"#{panel}")

    def choose_tab(self, panel: str, name: str) -> None:
        self.panel(panel).get_by_role("tab", name=name, exact=True).click()
        self.settle()

    def rows(self, panel: str) -> list[Row]:
        """Return a panel's list as it is shown."""
        return read_rows(self.panel(panel).locator(".rows tbody tr"))

    def row(self, panel: str, value: str) -> Locator:
        return self.panel(panel).locator(f'tr[data-value="{value}"] button')

    def headline(self) -> dict[str, str]:
        """Return the headline's numbers as they are written, by metric."""
        boxes = self.page.locator(".number").all()
        return {
            str(box.get_attribute("data-key")): box.locator(".value").inner_text() for box in boxes
        }

    def ask(self, **query: Any) -> dict[str, Any]:
        """Ask the API what the dashboard should show."""
        return self.server.query(**query)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "blob:", "data:")):
            self.foreign.append(request.url)
        if "authorization" in request.headers:
            self.with_key.append(request.url)
        if request.url.endswith("/api/v2/query"):
            self.asked.append(request.post_data_json)


def read_rows(lines: Locator) -> list[Row]:
    """Return the lines of a table: the value as the API has it, and the numbers."""
    found = lines.evaluate_all(
        "lines => lines.map(line => "
        "[line.dataset.value, [...line.querySelectorAll('td')].map(cell => cell.innerText)])"
    )
    return [Row(value, [number(text) for text in texts]) for value, texts in found]


def number(text: str) -> float | None:
    if text == NOTHING:
        return None
    match = NUMBER.search(text)
    assert match, text
    return float(match[0].replace(",", ""))


def _tell_current_visitors(route: Route) -> None:
    route.fulfill(json={"current_visitors": CURRENT_VISITORS})
