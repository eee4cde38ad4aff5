"""The page that tells visitors what is counted, and the switch with which they opt out."""

import base64
import hashlib
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from ingest.settings import Settings, site_name

_FOLDER = files(__package__).joinpath("privacy")
_PAGE = Template(_FOLDER.joinpath("page.html").read_text("utf-8"))
_STYLE = _FOLDER.joinpath("style.css").read_text("utf-8")
SWITCH: Final = _FOLDER.joinpath("switch.html").read_text("utf-8")
"""HTML for a privacy page, beside the script's tag: a button that opts out, and in again."""

_CUT = {
    "standard": "the last of its four numbers is cut off (of a long address, all but the first 48 bits)",
    "exempt": "the last two of its four numbers are cut off (of a long address, all but the first 32 bits)",
}
_RECOGNIZED = {
    "prefix": "that shortened address, the name of your browser and your language",
    "address": "your address, the name of your browser and your language",
}
_CONTROL = "switch on “Global Privacy Control” or “Do Not Track” in your browser, or in an extension to it."
_SIGNALS = {
    "drop": f"{_CONTROL} Nothing of your visit is counted then, only that a request was turned away.",
    "totals": f"{_CONTROL} Your visit then adds to the totals of the website at most, and to nothing else.",
    "ignore": "switch on “Global Privacy Control” in your browser, or in an extension to it. "
    "The script then sends nothing. This server does not heed “Do Not Track”.",
}
_HERE = """<p>For $host, this is the switch:</p>
<script defer src="/js/footfall.js" data-manual></script>
$switch"""

_TOLD_IN_MONTHS = 90
"""From so many days on."""


def opt_out_page(settings: Settings, host: str) -> bytes:
    """Return the page as HTML, as the settings are.

    It has the switch only if it is opened at a website that is counted (`host` is its domain):
    what a browser keeps for one host does not reach another.
    """
    is_site = site_name(host) in {site.domain for site in settings.sites}
    here = Template(_HERE).substitute(host=escape(host), switch=SWITCH) if is_site else ""
    return _PAGE.substitute(
        style=_STYLE,
        cut=_CUT[settings.profile],
        recognized=_RECOGNIZED[settings.count_by],
        crowd=_crowd(min((site.k for site in settings.sites), default=5)),
        retention=_retention(max(settings.retention.values(), default=0)),
        signals=_SIGNALS[settings.opt_out_signals],
        here=here,
        switch=escape(SWITCH, quote=False),
    ).encode()


def policy() -> str:
    """Return the page's content security policy: it runs the script and the switch, no more."""
    return (
        f"default-src 'none'; style-src {_hash(_STYLE)}; script-src 'self' {switch_source()}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def switch_source() -> str:
    """Return what names the switch in the `script-src` of a page that has it."""
    return _hash(SWITCH.partition("<script>")[2].partition("</script>")[0])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _crowd(k: int) -> str:
    if k == 1:
        return "as well"
    return f"only once {k} visitors of a day share them"


def _retention(days: int) -> str:
    return f"{days} days" if days < _TOLD_IN_MONTHS else f"{days // 30} months"
