import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.page import Page, _read_page, read_page

NO_UTM = ("(none)",) * 5


def page_of(url: str, *keys: str, hash_routing: bool = False) -> str:
    page = read_page(url, hash_routing, keys)
    assert page is not None
    return page.page


def utm_of(query: str) -> tuple[str, ...]:
    page = read_page("https://example.com/?" + query, False, ())
    assert page is not None
    return page.utm


def test_a_page_is_host_path_and_section():
    url = "https://jane:secret@WWW.Example.com:8443/blog/a-post/?token=abc#top"
    assert read_page(url, False, ()) == Page("www.example.com", "/blog/a-post", "/blog", NO_UTM, "")


@pytest.mark.parametrize(
    ("url", "name", "section"),
    [
        ("https://example.com", "/", "/"),
        ("https://example.com/", "/", "/"),
        ("http://example.com/a", "/a", "/a"),
        ("HTTPS://EXAMPLE.COM/A/B/", "/A/B", "/A"),
        ("https://example.com?x=1", "/", "/"),
        ("https://example.com#x", "/", "/"),
        ("https://example.com/a?x=/b/c", "/a", "/a"),
        ("https://example.com/%C3%BCber/uns", "/über/uns", "/über"),
        ("https://example.com/u/jane@x.org/edit", "/u/:email/edit", "/u"),
        ("https://example.com/123456789", "/:id", "/:id"),
        ("  https://example.com/a  ", "/a", "/a"),
    ],
)
def test_a_path_is_named_and_scrubbed(url: str, name: str, section: str):
    page = read_page(url, False, ())
    assert page is not None
    assert (page.page, page.section) == (name, section)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "example.com/a",
        "//example.com/a",
        "https:",
        "https://",
        "https:///a",
        "https:/example.com",
        "https:\\\\example.com",
        "https://exa mple.com/",
        "https://?x",
        "https://jane@/",
        "data:text/html,https://example.com/",
        "javascript:alert(1)//https://example.com",
        "file:///home/jane/index.html",
        "ftp://example.com/",
        "about:blank",
        "android-app://com.example/",
        "capacitor://localhost/",
        "app://./index.html",
        "chrome-extension://abcdef/popup.html",
        "\ud800",
    ],
)
def test_what_is_no_web_page_is_none(url: str):
    assert read_page(url, True, ("q",)) is None


def test_an_address_as_host_is_not_told():
    for host in ("127.0.0.1:8000", "[2001:db8::1]", "0x7f.1"):
        page = read_page(f"http://{host}/a", False, ())
        assert page is not None
        assert page.host == "(unknown)"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("q=shoes&page=2&token=abc", "/search?page=2&q=shoes"),
        ("page=2&q=shoes", "/search?page=2&q=shoes"),
        ("q=red%20shoes", "/search?q=red+shoes"),
        ("q=red+shoes", "/search?q=red+shoes"),
        ("q=a&q=b", "/search?q=a"),
        ("q=jane%40example.org", "/search?q=:email"),
        ("q=%2B33612345678", "/search?q=:id"),
        ("q=a%26b%23c", "/search?q=a%26b%23c"),
        ("q=", "/search"),
        ("Q=shoes", "/search"),
        ("", "/search"),
        ("q=%FF%00", "/search?q=\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_only_the_sites_query_keys_stay(query: str, name: str):
    assert page_of("https://example.com/search?" + query, "q", "page") == name


@pytest.mark.parametrize(
    ("url", "name", "section"),
    [
        ("https://example.com/#/about", "/#/about", "/about"),
        ("https://example.com/#about", "/#/about", "/about"),
        ("https://example.com/#!/about", "/#/about", "/about"),
        ("https://example.com/app/#/inbox/1234567?x=1", "/app#/inbox/:id", "/app"),
        ("https://example.com/#/u/jane@x.org", "/#/u/:email", "/u"),
        ("https://example.com/#/", "/", "/"),
        ("https://example.com/#", "/", "/"),
        ("https://example.com/a", "/a", "/a"),
        ("https://example.com/s?q=x#/a", "/s#/a?q=x", "/s"),
        (
            "https://example.com/#access_token=gho_16C7e42F292c6912E7710c83",
            "/#/access_token=gho_:id",
            "/access_token=gho_:id",
        ),
    ],
)
def test_hash_routing_keeps_the_fragments_path(url: str, name: str, section: str):
    page = read_page(url, True, ("q",))
    assert page is not None
    assert (page.page, page.section) == (name, section)
    assert page_of(url) == page_of(url.partition("#")[0])


@pytest.mark.parametrize(
    ("query", "utm"),
    [
        ("", NO_UTM),
        (
            "utm_source=news&utm_medium=email&utm_campaign=May%20Sale&utm_content=a&utm_term=b",
            ("news", "email", "May Sale", "a", "b"),
        ),
        ("ref=producthunt", ("producthunt", *NO_UTM[1:])),
        ("source=newsletter", ("newsletter", *NO_UTM[1:])),
        ("ref=c&source=b&utm_source=a", ("a", *NO_UTM[1:])),
        ("ref=c&source=b&utm_source=", ("b", *NO_UTM[1:])),
        ("utm_source=a&utm_source=b", ("a", *NO_UTM[1:])),
        ("utm_campaign=jane%40example.org", ("(none)", "(none)", ":email", "(none)", "(none)")),
        ("utm_term=%2B33+6+12+34+56+78", ("(none)", "(none)", "(none)", "(none)", ":id")),
        ("utm_medium=%00%20", NO_UTM),
        ("utm_source=" + "word+" * 50, (("word " * 20)[:99], *NO_UTM[1:])),
    ],
)
def test_campaigns_are_read_scrubbed_and_limited(query: str, utm: tuple[str, ...]):
    assert utm_of(query) == utm


@pytest.mark.parametrize(
    ("key", "network"),
    [
        ("gclid", "google"),
        ("wbraid", "google"),
        ("gbraid", "google"),
        ("dclid", "google display"),
        ("msclkid", "microsoft"),
        ("fbclid", "facebook"),
        ("ttclid", "tiktok"),
        ("other", ""),
    ],
)
def test_a_click_number_tells_its_network_and_is_not_kept(key: str, network: str):
    page = read_page(f"https://example.com/?{key}=IwAR0secret123", False, ("q",))
    assert page == Page("example.com", "/", "/", NO_UTM, network)


def test_a_name_has_an_end():
    path = "/" + "/".join(["two-words-" * 9] * 3)
    assert page_of(f"https://example.com{path}?q={'word+' * 20}", "q") == path
    assert page_of(f"https://example.com{path}?z=1&q={'word+' * 20}", "q", "z") == path + "?z=1"
    assert page_of(f"https://example.com{path}#/{'word-' * 20}", hash_routing=True) == path


def test_a_long_url_is_not_remembered():
    _read_page.cache_clear()
    assert page_of("https://example.com/a?" + "x=1&" * 4000) == "/a"
    assert _read_page.cache_info().currsize == 0
    assert page_of("https://example.com/a?x=1") == "/a"
    assert _read_page.cache_info().currsize == 1


urls = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "HTTP://", ""]),
    st.sampled_from(["example.com", "jane@x.org:1", "[::1", "[::1]", "xn--a", ""])
    | st.text(st.characters(), max_size=20),
    st.sampled_from(["/", "", "/a%2"]),
    st.text(st.sampled_from("ab/?&=#%;@+1 ") | st.characters()),
    st.sampled_from(["", "?q=1&utm_source=x", "#/a?q"]),
)


@given(urls, st.booleans())
@settings(deadline=None)
def test_any_text_gives_a_page_in_bounds_or_none(url: str, hash_routing: bool):
    page = read_page(url, hash_routing, ("q",))
    if page is None:
        return
    assert page.page.startswith("/")
    assert page.section.startswith("/")
    assert len(page.page) <= 300
    assert all(0 < len(value) <= 100 for value in page.utm)
    "".join([page.host, page.page, page.section, *page.utm]).encode()
