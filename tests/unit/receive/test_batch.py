import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.browser import read_browser
from ingest.receive.batch import MOST_EVENTS, read_timed, split_batch
from ingest.receive.problem import Problem

NOW = 1_795_435_200.5
"""2026-11-23 12:00 UTC."""
EVENT = {"n": "pageview", "u": "https://example.com/a", "d": "example.com"}
SECRET = "jane.doe@example.org"


def read(**fields):
    return read_timed(EVENT | fields, NOW)


def test_an_array_and_lines_say_the_same():
    events = [EVENT, EVENT | {"time": 1_795_435_000}, EVENT | {"ip": "203.0.113.7"}]
    array = orjson.dumps(events)
    lines = b"\r\n\n".join(map(orjson.dumps, events)) + b"\n"
    read = [[read_timed(event, NOW) for event in split_batch(body)] for body in (array, lines)]
    assert read[0] == read[1]
    assert len(read[0]) == 3
    assert split_batch(b" \n " + array) == events
    assert split_batch(b"") == split_batch(b"[]") == []


@pytest.mark.parametrize("body", [b"[", b"[1,]", b'["\xff"]', b"[" * 9_999])
def test_an_array_that_is_no_json_is_told(body):
    with pytest.raises(Problem, match="the body is not JSON") as problem:
        split_batch(body)
    assert problem.value.status == 400


@pytest.mark.parametrize("events", [b"1\n" * MOST_EVENTS, orjson.dumps([1] * MOST_EVENTS)])
def test_there_is_a_largest_batch(events):
    assert len(split_batch(events)) == MOST_EVENTS
    more = events + b"1\n" if events[:1] != b"[" else events[:-1] + b",1]"
    with pytest.raises(Problem) as problem:
        split_batch(more)
    assert problem.value.status == 413


def test_what_the_visitor_sent_is_in_the_event():
    timed = read(ip="203.0.113.7", user_agent="Mozilla/5.0", accept_language="fr")
    raw = timed.raw
    assert raw.address == "203.0.113.7"
    assert raw.browser is read_browser("Mozilla/5.0", "fr")
    assert (raw.name, raw.opted_out, raw.prefetched) == ("pageview", False, False)
    assert timed.time == int(NOW)


def test_what_was_not_sent_is_empty():
    timed = read(ip=None, user_agent=None, accept_language=None, time=None)
    raw = timed.raw
    assert timed == read()
    assert (raw.address, raw.browser) == ("", read_browser("", ""))


@pytest.mark.parametrize(
    ("sent", "time"),
    [
        (1_795_435_100, 1_795_435_100),
        (1_795_435_100.9, 1_795_435_100),
        ("2026-11-23T11:58:20Z", 1_795_435_100),
        ("2026-11-23T12:58:20.5+01:00", 1_795_435_100),
        (NOW + 59, int(NOW)),
        (NOW - 72 * 3600, int(NOW) - 72 * 3600),
    ],
)
def test_an_event_has_a_time_of_its_own(sent, time):
    assert read(time=sent).time == time


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        *(("time", value, 422) for value in (0, -1, NOW + 61, NOW - 72 * 3600 - 1, 1e300)),
        *(("time", value, 422) for value in ("2026-11-20T11:00:00Z", "9999-12-31T00:00:00Z")),
        *(("time", value, 400) for value in ("2026-11-23T12:00:00", SECRET, "", True, [SECRET])),
        *(("ip", value, 400) for value in (SECRET, 5, ["::1"], "203.0.113.7:80")),
        *(("user_agent", value, 400) for value in (5, [SECRET])),
        ("accept_language", {}, 400),
        ("u", SECRET, 400),
    ],
)
def test_what_is_wrong_is_told_by_field_and_never_by_content(field, value, status):
    with pytest.raises(Problem) as problem:
        read(**{field: value})
    assert problem.value.status == status
    assert problem.value.detail.startswith((f"{field}: ", f"{field} ("))
    assert SECRET not in problem.value.detail


@pytest.mark.parametrize("event", [b"{", b"\xff", b"[]", None, 5, "a", []])
def test_what_is_no_object_is_told(event):
    with pytest.raises(Problem) as problem:
        read_timed(event, NOW)
    assert problem.value.status == 400


@settings(deadline=None)
@given(st.floats() | st.integers() | st.text(max_size=30) | st.datetimes().map(str))
def test_any_time_is_near_or_a_problem(sent):
    try:
        assert int(NOW) - 72 * 3600 <= read(time=sent).time <= NOW
    except Problem as problem:
        assert problem.status in (400, 422)  # noqa: PT017
