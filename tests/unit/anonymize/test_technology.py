import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.technology import Technology, technology

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "ingest" / "demo" / "user_agents.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Version/4.0 Chrome/141.0.7390.43 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (WINDOWS, ("Chrome", "Chrome 141", "Windows", "Windows 10+", "desktop")),
        (WINDOWS + " Edg/140.0.0.0", ("Edge", "Edge 140", "Windows", "Windows 10+", "desktop")),
        (WINDOWS + " OPR/125.0.0.0", ("Opera", "Opera 125", "Windows", "Windows 10+", "desktop")),
        (WINDOWS + " Vivaldi/7.6", ("Vivaldi", "Vivaldi 7", "Windows", "Windows 10+", "desktop")),
        (MAC, ("Safari", "Safari 26", "macOS", "macOS", "desktop")),
        (ANDROID, ("Chrome", "Chrome 141", "Android", "Android", "mobile")),
        (WEBVIEW, ("Chrome WebView", "Chrome WebView 141", "Android", "Android 15", "mobile")),
        (
            WEBVIEW + " [FB_IAB/FB4A;FBAV/530.0.0.48.74;]",
            ("Facebook", "Facebook 530", "Android", "Android 15", "mobile"),
        ),
        (
            IPHONE.format("18_5") + "Version/18.5 Mobile/15E148 Safari/604.1",
            ("Safari", "Safari 18", "iOS", "iOS 18", "mobile"),
        ),
        (
            IPHONE.format("18_7") + "Version/26.6.1 Mobile/15E148 Safari/604.1",
            ("Safari", "Safari 26", "iOS", "iOS 26", "mobile"),
        ),
        (
            IPHONE.format("18_7") + "Mobile/15E148",
            ("Safari WebView", "Safari WebView", "iOS", "iOS 18+", "mobile"),
        ),
        (
            IPHONE.format("26_4_1") + "CriOS/154.0.8037.55 Mobile/15E148 Safari/604.1",
            ("Chrome", "Chrome 154", "iOS", "iOS 26", "mobile"),
        ),
        (
            IPHONE.format("26_1_0") + "GSA/439.4.980558000 Mobile/15E148 Safari/604.1",
            ("Google App", "Google App 439", "iOS", "iOS 26", "mobile"),
        ),
        (
            IPHONE.format("18_5") + "Mobile/15E148 [LinkedInApp]/9.31.1",
            ("LinkedIn", "LinkedIn", "iOS", "iOS 18", "mobile"),
        ),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            ("Safari", "Safari 17", "iPadOS", "iPadOS 17", "tablet"),
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0",
            ("Firefox", "Firefox 143", "Android", "Android 14", "mobile"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ("Firefox", "Firefox 140", "Linux", "Linux", "desktop"),
        ),
        (
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/146.0.0.0 Safari/537.36"
            ),
            ("Chrome", "Chrome 146", "ChromeOS", "ChromeOS", "desktop"),
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
            ("Internet Explorer", "Internet Explorer 11", "Windows", "Windows 7", "desktop"),
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/80.0.3987.149 Safari/537.36"
            ),
            ("Chrome", "Chrome 80", "macOS", "macOS 10", "desktop"),
        ),
        ("", ("(unknown)", "(unknown)", "(unknown)", "(unknown)", "other")),
        ("made up", ("(unknown)", "(unknown)", "(unknown)", "(unknown)", "other")),
    ],
)
def test_the_string_alone(user_agent: str, expected: tuple[str, ...]):
    assert technology(user_agent, "", "", "") == Technology(*expected)


BRANDS = '"Chromium";v="141", "Brave";v="141", "Not?A_Brand";v="8"'
ENGINE = '"Chromium";v="150", "Not?A_Brand";v="8"'


@pytest.mark.parametrize(
    ("user_agent", "hints", "expected"),
    [
        (
            WINDOWS,
            (BRANDS, '"Windows"', "?0"),
            ("Brave", "Brave 141", "Windows", "Windows 10+", "desktop"),
        ),
        (WINDOWS, (BRANDS, '"Linux"', "?0"), ("Brave", "Brave 141", "Linux", "Linux", "desktop")),
        (
            WINDOWS,
            (ENGINE, '"Windows"', "?0"),
            ("Chromium", "Chromium 150", "Windows", "Windows 10+", "desktop"),
        ),
        (
            WINDOWS + " OPR/125.0.0.0",
            (ENGINE, '"Windows"', "?0"),
            ("Opera", "Opera 125", "Windows", "Windows 10+", "desktop"),
        ),
        (
            ANDROID,
            ('"Google Chrome";v="141"', '"Android"', "?0"),
            ("Chrome", "Chrome 141", "Android", "Android", "tablet"),
        ),
        (
            ANDROID,
            ("nonsense", '"jane.doe@example.org"', "yes"),
            ("Chrome", "Chrome 141", "Android", "Android", "mobile"),
        ),
        (
            WINDOWS,
            ("", '"Chrome OS"', ""),
            ("Chrome", "Chrome 141", "ChromeOS", "ChromeOS", "desktop"),
        ),
    ],
)
def test_well_formed_hints_win_over_the_string(
    user_agent: str, hints: tuple[str, str, str], expected: tuple[str, ...]
):
    assert technology(user_agent, *hints) == Technology(*expected)


def test_every_real_browser_is_known_and_has_its_device():
    assert len(ROWS) == 952
    for row in ROWS:
        read = technology(row["user_agent"], "", "", "")
        assert read.device == row["device"], row["user_agent"]
        assert "(unknown)" not in read, row["user_agent"]


def test_builds_of_a_major_version_are_one():
    old = technology(WINDOWS, "", "", "")
    assert technology(WINDOWS.replace("141.0.0.0", "141.0.7390.54"), "", "", "") == old


@pytest.mark.parametrize(
    "user_agent",
    [
        "JaneDoe/1.0 CFNetwork/1240 Darwin/20.6.0",
        "Mozilla/5.0 (X11; Linux x86_64) JaneDoe/12.0.1 JaneDoe-Browser/3.2.1",
        WINDOWS.replace("Chrome/141", "Chrome/98127634"),
        WINDOWS.replace("Windows NT 10.0", "Windows NT 98127634"),
        ANDROID.replace("Android 10; K", "Android 98127634; JaneDoe"),
        IPHONE.format("98127634_1") + "Version/98127634.0 Mobile/15E148 Safari/604.1",
    ],
)
def test_what_a_client_makes_up_is_not_told(user_agent: str):
    told = " ".join(technology(user_agent, "", "", ""))
    assert "jane" not in told.lower()
    assert "98127634" not in told


texts = st.text(st.characters(), max_size=80) | st.sampled_from([row["user_agent"] for row in ROWS])


@given(texts, texts, st.text(st.characters(), max_size=9), st.text(st.characters(), max_size=3))
@settings(deadline=None)
def test_any_headers_give_short_plain_values(agent: str, brands: str, platform: str, mobile: str):
    read = technology(agent, brands, platform, mobile)
    assert read.device in ("desktop", "mobile", "tablet", "tv", "other")
    assert all(re.fullmatch(r"[A-Za-z0-9+() .]{1,40}", value) for value in read)
