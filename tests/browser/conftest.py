"""A real Chromium, driven by playwright, and a recording server as the network's other end."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from missing import give_up
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from server import Server, noon_zone

from ingest.demo.fill import fill
from ingest.demo.website import GOALS
from ingest.settings import Settings, Site
from tests.browser.dashboard import Dashboard
from tests.browser.recorder import Recorder

FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root, which containers run as
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright turns the back-forward cache off; going back is among the things to test.
UNWANTED_FLAGS = ["--disable-back-forward-cache"]

expect.set_options(timeout=30_000)  # milliseconds: a machine that is busy gets there too

DEMO = "demo.example"
ZONE = noon_zone()
SITES = f"""
[[site]]
domain = "{DEMO}"
timezone = "{ZONE}"
public = true
goals = [{{ name = "Signup", event = "Signup" }}, {{ name = "Visit pricing", page = "/**pricing" }}]

[[site]]
domain = "new.example"
"""


def find_chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        give_up("no Chromium on the PATH: apt-get install chromium")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for a module: while it runs, playwright's event loop does, and no other can."""
    path = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=[*FLAGS, f"--user-agent={user_agent(path)}", "--lang=en-US"],
            ignore_default_args=UNWANTED_FLAGS,
        )
        yield started
        started.close()


def user_agent(path: str) -> str:
    """An ordinary Chrome's, since robots are dropped.

    It is set for the whole browser: what a page sends while it is left does not have the headers
    that playwright sets for a page.
    """
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    major = version.stdout.split()[1].partition(".")[0]
    return (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{major}.0.0.0 Safari/537.36"
    )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor's profile, empty."""
    profile = browser.new_context(viewport={"width": 1280, "height": 720})
    yield profile
    profile.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        yield server


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two sites: one with ten days of made-up traffic, which is public, and a new one."""
    folder = tmp_path_factory.mktemp("dashboard")
    site = Site(domain=DEMO, timezone=ZoneInfo(ZONE), goals=GOALS)
    fill(Settings(data=folder / "data", sites=(site,)), time.time(), days=10)
    config = folder / "footfall.toml"
    config.write_text(SITES)
    with Server(folder / "data", "--config", str(config), site="") as server:
        come_by_a_campaign(server)
        yield server
        assert server.process.poll() is None, f"the server has ended: {server.process.returncode}"


def come_by_a_campaign(server: Server) -> None:
    """Not every week of the made-up traffic has one."""
    address = f"https://{DEMO}/?utm_campaign=spring&utm_medium=letter"
    server.send({"n": "pageview", "u": address, "d": DEMO})
    spring = [["is", "visit:utm_campaign", ["spring"]]]
    question = {"site_id": DEMO, "metrics": ["visits"], "date_range": "7d", "filters": spring}
    server.wait_until(lambda: server.query(**question)["results"][0]["metrics"] == [1])


@pytest.fixture
def dashboard(demo_server: Server, page: Page) -> Dashboard:
    """A dashboard that is not opened yet."""
    return Dashboard(page, demo_server)
