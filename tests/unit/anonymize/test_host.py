import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.host import read_host


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("example.com", "example.com"),
        ("WWW.Example.COM.", "www.example.com"),
        ("jane:secret@example.com:8443", "example.com"),
        ("jane@x.org@example.com", "example.com"),
        ("localhost:8000", "localhost"),
        ("my_app-2.example", "my_app-2.example"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("BÜCHER.example", "bücher.example"),
        ("xn--fiqs8s", "中国"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),  # an emoji is no letter
        ("xn--999999999.example", "xn--999999999.example"),
        ("12306.cn", "12306.cn"),
        ("58888888.com", "58888888.com"),
        ("a1", "a1"),
        ("192.168.1.10", "(unknown)"),
        ("192.168.1.10:80", "(unknown)"),
        ("3232235786", "(unknown)"),
        ("0xc0a8010a", "(unknown)"),
        ("jane.example.0x1", "(unknown)"),
        ("[2001:db8::1]:443", "(unknown)"),
        ("", None),
        (".", None),
        ("a..b", None),
        ("exa mple.com", None),
        ("<script>", None),
        ("a%40b.org", None),
        ("x" * 64 + ".org", None),
        ("a." * 127 + "com", None),
        ("x" * 10_000, None),
        ("\ud800.org", None),
        (":80", None),
        ("jane@", None),
    ],
)
def test_a_host_is_read(authority: str, host: str | None):
    assert read_host(authority) == host


@given(st.text(st.sampled_from("ab.:@[]-_0xn é") | st.characters(), max_size=300))
@settings(deadline=None)
def test_any_text_gives_a_short_plain_name_or_none(authority: str):
    host = read_host(authority)
    assert host is None or (0 < len(host) <= 253 and host.isprintable())
    assert host is None or not set(host) & set(":@/?# ")
