"""Browser, operating system and device of a visitor, as coarse as statistics need them.

Every name comes from a list of this module, and a version is a major of at most three digits: what
a client makes up reaches no record.

Browsers freeze parts of what they say, so that it does not identify; a frozen part is not told as
if it were true:

- `Windows NT 10.0` is said by Windows 10 and by all after it: "Windows 10+".
- `Mac OS X 10_15_7` is said by macOS 10.15 and by all after it: "macOS".
- `Android 10; K` is said by every Android: "Android".
- iOS 26 and later say `OS 18_6` or `18_7`. Safari's own version, which is its system's, tells the
  truth; without it: "iOS 18+".
- Linux and ChromeOS are told without a version. An iPad that asks for desktop pages calls itself a
  Mac, and is counted as one.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ingest.anonymize.agent import Agent, read_agent
from ingest.anonymize.client_hints import PLATFORMS, read_brand
from ingest.anonymize.device import device
from ingest.store.dimensions import UNKNOWN


class Technology(NamedTuple):
    """What a visitor came with, in the order of the dimensions."""

    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str


_SAME_NAMES = """
Aloha Browser, Amazon Silk, AOL, Avast Secure Browser, Baidu Browser, Basilisk, Brave, Chrome,
Chromium, Coc Coc, Comodo Dragon, DuckDuckGo, Edge, Epiphany, Facebook, Facebook Messenger,
Firefox, Flipboard, HeyTap Browser, Huawei Browser, Instagram, Iron, KakaoTalk, Konqueror,
Ladybird, LINE, Maxthon, Midori, Mint Browser, Netscape, Oculus Browser, Opera, Opera GX,
Opera Mini, Opera Neon, Pale Moon, Pinterest, Puffin, QQ Browser, Quark, Roblox App, Safari,
Sailfish Browser, Samsung Internet, SeaMonkey, Skype, Snapchat, Sogou Explorer, Spotify, Telegram,
TikTok, Tizen Browser, UC Browser, Vivaldi, Waterfox, webOS Browser, Weibo, Whale, Yandex Browser
"""
"""Browsers that ua-parser calls by the names used here."""

_BROWSERS = {name.strip(): name.strip() for name in _SAME_NAMES.split(",")} | {
    "360 Secure Browser": "360 Browser",
    "Android": "Android Browser",
    "AVG": "AVG Secure Browser",
    "BlackBerry WebKit": "BlackBerry Browser",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile WebView": "Chrome WebView",
    "Chrome Mobile iOS": "Chrome",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Ecosia Android": "Ecosia",
    "Ecosia iOS": "Ecosia",
    "Edge Mobile": "Edge",
    "Firefox Alpha": "Firefox",
    "Firefox Beta": "Firefox",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Google": "Google App",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "MiuiBrowser": "MIUI Browser",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari WebView",
    "MullvadBrowser": "Mullvad Browser",
    "Norton": "Norton Browser",
    "Opera Mobile": "Opera",
    "Opera Tablet": "Opera",
    "Opera Touch": "Opera",
    "PaleMoon": "Pale Moon",
    "QQ Browser Mobile": "QQ Browser",
    "Twitter": "X",
    "VivoBrowser": "Vivo Browser",
    "WeChat Browser": "WeChat",
}
"""ua-parser's families and their names here: one name for a browser on all its systems."""

_IN_APP = {"LinkedInApp": "LinkedIn", "BytedanceWebview": "TikTok", "musical_ly": "TikTok"}
"""Apps whose own browser ua-parser takes for the system's web view."""

_SYSTEMS = {
    "ATV OS X": "tvOS",
    "Android": "Android",
    "BlackBerry OS": "BlackBerry OS",
    "Chrome OS": "ChromeOS",
    "Debian": "Linux",
    "Fedora": "Linux",
    "FreeBSD": "FreeBSD",
    "Gentoo": "Linux",
    "HarmonyOS": "HarmonyOS",
    "KaiOS": "KaiOS",
    "Linux": "Linux",
    "Linux Mint": "Linux",
    "Mac OS X": "macOS",
    "NetBSD": "NetBSD",
    "OpenBSD": "OpenBSD",
    "Red Hat": "Linux",
    "SUSE": "Linux",
    "Symbian OS": "Symbian",
    "Tizen": "Tizen",
    "Ubuntu": "Linux",
    "Web0S": "webOS",
    "Windows": "Windows",
    "Windows Mobile": "Windows Phone",
    "Windows Phone": "Windows Phone",
    "iOS": "iOS",
    "tvOS": "tvOS",
    "webOS": "webOS",
}
_UNVERSIONED = frozenset({"Linux", "ChromeOS", "FreeBSD", "NetBSD", "OpenBSD"})
_WINDOWS = frozenset({"XP", "Vista", "7", "8"})

_SAFARI_VERSION = re.compile(r" Version/(\d{1,3})\b")
_FROZEN_IOS = re.compile(r"OS 18_[67] like")
_FROZEN_ANDROID = "Android 10; K)"
_FROZEN_MAC = re.compile(r"Mac OS X 10[_.](?:1[5-9])")

_LONGEST = 600
"""Characters of a header looked at."""


def technology(user_agent: str, brands: str, platform: str, mobile: str) -> Technology:
    """Return what a visitor came with, from `User-Agent` and the hints that arrive unasked.

    `brands` is `Sec-CH-UA`, `platform` `Sec-CH-UA-Platform`, `mobile` `Sec-CH-UA-Mobile`, each
    empty if not sent. A well-formed hint wins over the string; what nothing tells is `(unknown)`.
    """
    hints = (part[:_LONGEST] for part in (brands, platform, mobile))
    return _technology(user_agent[:_LONGEST], *hints)


@lru_cache(maxsize=20_000)
def _technology(user_agent: str, brands: str, platform: str, mobile: str) -> Technology:
    agent = read_agent(user_agent)
    browser, version = _hinted_browser(brands, *_browser(agent))
    system, system_version = _system(agent)
    told = PLATFORMS.get(platform.strip(' "'), system)
    if told != system:
        system, system_version = told, told
    version = _named(browser, version)
    return Technology(browser, version, system, system_version, device(agent, system, mobile))


def _named(name: str, version: str) -> str:
    """Return "Chrome 141", or the name alone for what is no plausible major version."""
    plausible = version.isascii() and version.isdigit() and len(version) <= 3  # noqa: PLR2004
    return f"{name} {version}" if plausible and name != UNKNOWN else name


def _major(version: tuple[int | str, ...]) -> str:
    return str(version[0]) if version else ""


def _browser(agent: Agent) -> tuple[str, str]:
    in_app = (name for token, name in _IN_APP.items() if token in agent.ua_string)
    name = next(in_app, "")
    if name:
        return name, ""
    return _BROWSERS.get(agent.browser.family, UNKNOWN), _major(agent.browser.version)


def _hinted_browser(brands: str, name: str, version: str) -> tuple[str, str]:
    """Prefer the brand list, unless it knows only the engine and the string knows more."""
    brand = read_brand(brands)
    if brand is None or (brand.is_engine and name not in ("Chrome", "Chrome WebView", UNKNOWN)):
        return name, version
    return brand.name, brand.version


def _system(agent: Agent) -> tuple[str, str]:
    name = _SYSTEMS.get(agent.os.family, UNKNOWN)
    version = _major(agent.os.version)
    if name == "iOS":
        return _apple_mobile("iPadOS" if "iPad" in agent.ua_string else name, version, agent)
    if name == "Windows":
        return name, "Windows 10+" if version == "10" else _known_windows(version)
    is_frozen = _FROZEN_ANDROID in agent.ua_string or _FROZEN_MAC.search(agent.ua_string)
    return name, name if is_frozen or name in _UNVERSIONED else _named(name, version)


def _apple_mobile(name: str, version: str, agent: Agent) -> tuple[str, str]:
    safari = _SAFARI_VERSION.search(agent.ua_string)
    if safari and version.isdigit():
        return name, f"{name} {max(int(version), int(safari[1]))}"
    if _FROZEN_IOS.search(agent.ua_string):
        return name, f"{name} 18+"
    return name, _named(name, version)


def _known_windows(version: str) -> str:
    return f"Windows {version}" if version in _WINDOWS else "Windows"
