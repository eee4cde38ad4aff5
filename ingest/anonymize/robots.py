"""Who is no visitor: crawlers, tools, monitors, and browsers that a program drives."""

import re
from functools import lru_cache

from ingest.anonymize.agent import read_agent
from ingest.store.drops import DropReason

_BROWSER = re.compile(r"Mozilla/[4-9]\.0 \(|Opera/\d|UCWEB/?\d")
"""How every browser has begun since 1997; what begins otherwise is a program that says its name."""

_BOT = re.compile(r"(?<!cu)bots?(?![a-z])")
"""A word that ends in "bot"; Cubot is a maker of phones."""

_DOINGS = """
archiver, checker, crawl, fetcher, http://, https://, linkcheck, monitor, pinger, preview,
prerender, probe, rendertron, scanner, scrape, scraping, screaming frog, screenshot, slurp, spider,
synthetic, uptime, validator, www.
"""
"""What they do, and the link to an explanation that good ones give."""

_UNATTENDED = """
catchpoint, cypress, datadog, dynatrace, gtmetrix, happydom, headless, htmlunit, jsdom, lighthouse,
newrelic, page speed, pagespeed, phantomjs, pingdom, playwright, ptst/, puppeteer, ruxit, selenium,
site24x7, slimerjs, speedcurve, splash version, statuscake, testcafe, webdriver, yottaa, zombie.js
"""
"""Browsers with nobody in front."""

_READERS = """
adsbot, apis-google, chatgpt-user, claude-, cohere-ai, facebookcatalog, facebookexternalhit, feedly,
google favicon, google web, google-adwords, google-agent, google-inspection, google-read-aloud,
google-safety, google-site, google-structured, googleother, ia_archiver, iframely, mediapartners,
meta-external, mistralai, oai-, perplexity-, skypeuri, yandexmetrika
"""
"""Readers without a view of their own: indexes, link cards, feeds, assistants."""

_SCANNERS = """
internetmeasurement, libwww, microsoft office, ms-office, nikto, nmap, nuclei, powershell, qualys,
zgrab
"""
"""Scanners and libraries behind a browser's first words."""

_ROBOTS = tuple(
    word.strip()
    for words in (_DOINGS, _UNATTENDED, _READERS, _SCANNERS)
    for word in words.split(",")
)

_LONGEST = 1000
"""Characters; no browser's user agent is longer."""


def refusal(user_agent: str, accept_language: str, brands: str) -> DropReason | None:
    """Return why a hit is not a visitor's, or None for a browser with a person in front.

    Takes the headers `User-Agent`, `Accept-Language` and `Sec-CH-UA`, empty if not sent. ROBOT is
    who says so, by the user agent or by a headless brand. NO_BROWSER is a user agent that no
    browser has, or a hit without an Accept-Language, which every browser sends.
    """
    if not user_agent.strip() or len(user_agent) > _LONGEST:
        return DropReason.NO_BROWSER
    if "headless" in brands.lower():
        return DropReason.ROBOT
    return _refusal(user_agent) or (None if accept_language.strip() else DropReason.NO_BROWSER)


@lru_cache(maxsize=20_000)
def _refusal(user_agent: str) -> DropReason | None:
    if not user_agent.isprintable() or not any(map(str.isalpha, user_agent)):
        return DropReason.NO_BROWSER
    lowered = user_agent.lower()
    if _BOT.search(lowered) or any(word in lowered for word in _ROBOTS):
        return DropReason.ROBOT
    if _BROWSER.match(user_agent):
        return DropReason.ROBOT if read_agent(user_agent).is_bot else None
    return DropReason.NO_BROWSER if lowered.startswith("mozilla/") else DropReason.ROBOT
