import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.browser import read_browser
from ingest.receive.event import read_event, read_fields, read_pixel
from ingest.receive.problem import Problem
from ingest.receive.sender import Sender

SENDER = Sender("203.0.113.77", read_browser("Mozilla/5.0", "fr"), True, False)
EVENT = {"n": "pageview", "u": "https://example.com/a", "d": "example.com"}
SECRET = "jane.doe@example.org"


def read(**fields):
    return read_event(orjson.dumps(EVENT | fields), SENDER)


def told(body):
    with pytest.raises(Problem) as problem:
        read_event(body, SENDER)
    assert problem.value.status == 400
    return problem.value.detail


def test_short_and_long_names_say_the_same():
    short = {
        "n": "Signup",
        "u": "https://example.com/a",
        "d": "example.com",
        "r": "https://www.google.com/",
        "p": {"plan": "pro"},
        "h": 1,
        "i": False,
        "w": 1280,
        "e": 4000,
        "sd": 80,
    }
    long = {
        "name": "Signup",
        "url": "https://example.com/a",
        "domain": "example.com",
        "referrer": "https://www.google.com/",
        "props": {"plan": "pro"},
        "hash": True,
        "interactive": False,
        "width": 1280,
        "engagement": 4000,
        "scroll_depth": 80,
    }
    older = long | {"meta": long["props"], "screen_width": 1280, "hashMode": 1, "scrollDepth": 80}
    for name in ("props", "width", "hash", "scroll_depth"):
        del older[name]
    hit = read_event(orjson.dumps(short), SENDER)
    assert hit == read_event(orjson.dumps(long), SENDER)
    assert hit == read_event(orjson.dumps(older), SENDER)
    assert (hit.name, hit.url, hit.domains) == ("Signup", short["u"], ("example.com",))
    assert (hit.referrer, hit.props) == (short["r"], (("plan", "pro"),))
    assert (hit.hash_routing, hit.interactive) == (True, False)
    assert (hit.viewport_width, hit.engaged, hit.scroll) == (1280, 4000, 80)


def test_what_was_not_sent_has_a_plain_meaning():
    hit = read(r=None, p=None, h=None, i=None, w=None)
    assert hit == read()
    assert (hit.referrer, hit.props, hit.viewport_width) == ("", (), 0)
    assert (hit.hash_routing, hit.interactive) == (False, True)


def test_the_sender_comes_along():
    hit = read()
    assert (hit.address, hit.browser) == (SENDER.address, SENDER.browser)
    assert (hit.opted_out, hit.prefetched) == (True, False)


@pytest.mark.parametrize(
    ("sent", "domains"),
    [
        ("example.com", ("example.com",)),
        ("WWW.Example.com", ("example.com",)),
        ("a.example, www.b.example ,,a.example", ("a.example", "b.example")),
    ],
)
def test_a_list_of_domains_names_each_site_once(sent, domains):
    assert read(d=sent).domains == domains


@pytest.mark.parametrize(
    ("sent", "props"),
    [
        (
            {"plan": "pro", "seats": 3, "yes": True, "price": 1.5},
            "plan=pro seats=3 yes=true price=1.5",
        ),
        ('{"plan": "pro", "no": false}', "plan=pro no=false"),
        ({}, ""),
        ("", ""),
        ("null", ""),
    ],
)
def test_properties_come_as_an_object_or_as_its_text(sent, props):
    assert " ".join(f"{name}={value}" for name, value in read(p=sent).props) == props


@pytest.mark.parametrize(
    ("field", "sent", "taken"),
    [("sd", 101, 100), ("sd", 255, 100), ("w", 10**9, 100_000), ("e", 10**12, 86_400_000)],
)
def test_numbers_are_bounded(field, sent, taken):
    hit = read(**{field: sent})
    assert taken in (hit.scroll, hit.viewport_width, hit.engaged)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("n", value) for value in (None, 5, "", "  ", [], {}, True, SECRET * 7)),
        *(("u", value) for value in (None, 5, "", SECRET, f"mailto:{SECRET}", f"//{SECRET}/")),
        *(("u", value) for value in (f"http:///{SECRET}", "https://", "http://a/" + SECRET * 300)),
        *(("d", value) for value in (None, 5, "", " , ", [SECRET], SECRET * 300)),
        ("d", ",".join(f"{number}.{SECRET}" for number in range(21))),
        *(("r", value) for value in (5, [SECRET], {SECRET: 1}, SECRET * 300)),
        *(("p", value) for value in (5, [SECRET], SECRET, f'["{SECRET}"]', {"": SECRET})),
        *(("p", value) for value in ({"a": [SECRET]}, {"a": None}, {SECRET * 4: "a"})),
        *(("p", value) for value in ({"a": SECRET * 26}, {f"{n} {SECRET}": 1 for n in range(31)})),
        *(("h", value) for value in (SECRET, "true", 2, [], {})),
        *(("i", value) for value in (SECRET, -1, [SECRET])),
        *(("w", value) for value in (SECRET, "1280", -1, True, [SECRET])),
        *(("e", value) for value in (SECRET, -0.1, False)),
        *(("sd", value) for value in (SECRET, -1, {})),
    ],
)
def test_what_is_wrong_is_told_by_field_and_never_by_content(field, value):
    detail = told(orjson.dumps(EVENT | {field: value}))
    assert detail.startswith(f"{field} (")
    assert SECRET not in detail


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"null", b"[]", b'"a"', b"1", b"NaN", b"[" * 10_000]
)
def test_a_body_that_is_no_object_is_told(body):
    assert told(body).startswith("the body is not")


def test_a_pixel_is_a_pageview():
    query = b"d=www.example.com&u=https%3A%2F%2Fexample.com%2Fa&r=https://t.co/x&w=7&n=Signup"
    hit = read_pixel(query, SENDER)
    assert hit == read(r="https://t.co/x")


@pytest.mark.parametrize("query", [b"", b"d=example.com", b"u=https://example.com/", b"&" * 50])
def test_a_pixel_without_page_or_site_is_told(query):
    with pytest.raises(Problem):
        read_pixel(query, SENDER)


TEXT = st.text('ah/:.,@ \0\n\\"{}é😀\u202e', max_size=12)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["n", "name", "u", "d", "r", "p", "meta", "h", "i", "w", "e", "sd", "x"])


@settings(deadline=None)
@given(st.dictionaries(FIELDS, ANY_JSON))
def test_any_fields_are_a_hit_or_a_problem(fields):
    try:
        read(**fields)
    except Problem as problem:
        assert problem.status == 400  # noqa: PT017


@settings(deadline=None)
@given(st.dictionaries(FIELDS, ANY_JSON))
def test_the_quick_way_of_reading_says_what_the_careful_one_says(fields):
    event = EVENT | fields
    try:
        careful = read_fields(event, SENDER)
    except Problem as problem:
        assert told(orjson.dumps(event)) == problem.detail  # noqa: PT017
    else:
        assert read(**fields) == careful
