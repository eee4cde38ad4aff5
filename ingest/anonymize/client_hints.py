"""The client hints that browsers send unasked: `Sec-CH-UA` and `Sec-CH-UA-Platform`."""

import re
from typing import NamedTuple

_BRAND = re.compile(r'"((?:[^"\\]|\\.)*)"\s*;\s*v="(\d{1,3})(?:\.[^"]*)?"')
"""An item of the structured list, as in `"Google Chrome";v="141"`."""

_BROWSERS = {
    "AVG Secure Browser": "AVG Secure Browser",
    "Avast Secure Browser": "Avast Secure Browser",
    "Brave": "Brave",
    "DuckDuckGo": "DuckDuckGo",
    "Google Chrome": "Chrome",
    "HeyTapBrowser": "HeyTap Browser",
    "HuaweiBrowser": "Huawei Browser",
    "Meta Quest Browser": "Oculus Browser",
    "Microsoft Edge": "Edge",
    "MiuiBrowser": "MIUI Browser",
    "Norton Private Browser": "Norton Browser",
    "Oculus Browser": "Oculus Browser",
    "Opera": "Opera",
    "Opera GX": "Opera GX",
    "OperaMobile": "Opera",
    "Samsung Internet": "Samsung Internet",
    "Silk": "Amazon Silk",
    "Vivaldi": "Vivaldi",
    "Whale": "Whale",
    "YaBrowser": "Yandex Browser",
    "Yandex": "Yandex Browser",
    "YandexBrowser": "Yandex Browser",
}
_ENGINES = {
    "Android WebView": "Chrome WebView",
    "Microsoft Edge WebView2": "Edge WebView",
    "Chromium": "Chromium",
}
"""Brands that say what a browser is made with; a better known one comes first."""

PLATFORMS = {
    "Android": "Android",
    "Chrome OS": "ChromeOS",
    "Chromium OS": "ChromeOS",
    "Linux": "Linux",
    "Windows": "Windows",
    "iOS": "iOS",
    "macOS": "macOS",
}
"""Values of `Sec-CH-UA-Platform` and their names here."""


class Brand(NamedTuple):
    """A brand of the list: its name here, its major version, whether it is just an engine."""

    name: str
    version: str
    is_engine: bool


def read_brand(brands: str) -> Brand | None:
    """Return the most telling brand of a `Sec-CH-UA` header, or None.

    Only brands known here are believed. So GREASE ("Not?A_Brand" in ever new spellings, there so
    that nobody relies on a closed list) falls away with whatever else is made up.
    """
    versions = {match[1]: match[2] for match in _BRAND.finditer(brands)}
    for names, is_engine in ((_BROWSERS, False), (_ENGINES, True)):
        for brand, name in names.items():
            if brand in versions:
                return Brand(name, versions[brand], is_engine)
    return None
