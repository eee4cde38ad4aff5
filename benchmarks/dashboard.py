"""How soon a dashboard shows its numbers, in a real Chromium.

    footfall demo --listen 127.0.0.1:8000 --key try-me        (in another terminal)
    python benchmarks/dashboard.py http://127.0.0.1:8000 --key try-me

Milliseconds since the address was asked for: the first paint, the headline's numbers, the chart,
and all panels. The first visit fetches every file; later ones have them in the browser's cache.
"""

import argparse
import shutil

from playwright.sync_api import BrowserContext, sync_playwright

_MARKS = """
window.marks = {};
const mark = (name, isThere) => {
  if (isThere && !(name in window.marks)) window.marks[name] = Math.round(performance.now());
};
new MutationObserver(() => {
  const value = document.querySelector(".number .value");
  mark("headline", value && !value.querySelector(".bone"));
  mark("chart", document.querySelector(".chart canvas"));
  mark("panels", document.querySelectorAll(".rows").length >= 5);
}).observe(document, { subtree: true, childList: true });
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--key", default="demo")
    parser.add_argument("--site", default="demo.example")
    parser.add_argument("--period", default="12mo")
    parser.add_argument("--visits", type=int, default=6)
    options = parser.parse_args()
    address = f"{options.url}/?site={options.site}&period={options.period}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1360, "height": 900})
        context.add_init_script(f"sessionStorage.setItem('footfall-key', '{options.key}');{_MARKS}")
        print("  visit   paint  headline   chart  panels")
        for visit in range(1, options.visits + 1):
            print(f"{visit:7}", *(f"{time:8.0f}" for time in _open(context, address)))
        browser.close()


def _open(context: BrowserContext, address: str) -> tuple[float, ...]:
    """Return when what was shown; a pause before lets the answers of the server grow old."""
    page = context.new_page()
    page.wait_for_timeout(3_000)
    page.goto(address)
    while "panels" not in (marks := page.evaluate("() => window.marks")):
        page.wait_for_timeout(50)
    paint = page.evaluate(f"() => {_PAINT}")
    page.close()
    return (paint, *(marks[name] for name in ("headline", "chart", "panels")))


if __name__ == "__main__":
    main()
