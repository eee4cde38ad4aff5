import pytest

from ingest.anonymize.agent import read_agent
from ingest.anonymize.device import device

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36"
)
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
TELEVISION = (
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0.4606.128 Safari/537.36"
)


@pytest.mark.parametrize(
    ("kind", "user_agent"),
    [
        ("desktop", DESKTOP),
        (
            "desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        ),
        ("desktop", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15"),
        ("desktop", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/141.0.0.0 Safari/537.36"),
        ("desktop", "Mozilla/5.0 (X11; FreeBSD amd64; rv:143.0) Gecko/20100101 Firefox/143.0"),
        ("mobile", PHONE),
        (
            "mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26.0 Mobile/15E148",
        ),
        ("mobile", "Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"),
        (
            "mobile",
            "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12 Version/12.16",
        ),
        (
            "mobile",
            "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
        ),
        ("tablet", "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) CriOS/141.0.0.0 Mobile/15E148"),
        ("tablet", "Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/141.0.0.0 Safari/537.36"),
        ("tablet", "Mozilla/5.0 (Android 14; Tablet; rv:143.0) Gecko/143.0 Firefox/143.0"),
        (
            "tablet",
            "Mozilla/5.0 (Linux; Android 9; KFMAWI) Silk/120.2.1 like Chrome/120.0 Safari/537.36",
        ),
        ("tv", TELEVISION),
        ("tv", "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) 94.0.4606.31/7.0 TV Safari/537.36"),
        (
            "tv",
            "Mozilla/5.0 (Linux; Android 9; AFTKA) Silk/120.2.1 like Chrome/120.0 Safari/537.36",
        ),
        ("tv", "Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) Chrome/141.0.0.0 Safari/537.36"),
        ("tv", "Mozilla/5.0 (X11; Linux armv7l) Chrome/90.0 Safari/537.36 CrKey/1.54.250320"),
        ("other", "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) Version/17.0 Safari/605.1.15"),
        (
            "other",
            "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) NF/6.0.3.16.6 NintendoBrowser/5.1",
        ),
        (
            "other",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Chrome/120.0 Edge/44.18",
        ),
        (
            "other",
            "Mozilla/5.0 (Linux; Android 14; Quest 3) OculusBrowser/35.0 Chrome/126.0 Safari/537.36",
        ),
        ("other", "Mozilla/5.0 (X11; GNU/Linux) Chrome/120.0.0.0 Safari/537.36 Tesla/2024.8"),
        ("other", "something else"),
        ("other", ""),
    ],
)
def test_the_string_tells_the_class(kind: str, user_agent: str):
    assert device(read_agent(user_agent), "", "") == kind


@pytest.mark.parametrize(
    ("kind", "user_agent", "system", "hint"),
    [
        ("mobile", DESKTOP, "Linux", "?1"),
        ("tablet", PHONE, "Android", "?0"),
        ("desktop", PHONE, "Windows", "?0"),
        ("desktop", DESKTOP, "Linux", "?0"),
        ("mobile", PHONE, "Android", "?1"),
        ("tv", TELEVISION, "webOS", "?1"),
        ("mobile", PHONE, "Android", "1"),
        ("mobile", PHONE, "Android", "?2"),
    ],
)
def test_a_well_formed_hint_wins(kind: str, user_agent: str, system: str, hint: str):
    assert device(read_agent(user_agent), system, hint) == kind
