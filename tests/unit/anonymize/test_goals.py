import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.goals import match_goals
from ingest.settings import Goal

SIGNUP = Goal(name="Signup", event="Signup")
PRICING = Goal(name="Pricing", page="/pricing/**")


def reaches(pattern: str, page: str) -> bool:
    return match_goals((Goal(name="g", page=pattern),), page, None) == ("g",)


def test_each_goal_that_is_reached_is_named_in_order():
    everything = Goal(name="Any", page="/**")
    goals = (SIGNUP, PRICING, everything)
    assert match_goals(goals, "/pricing/teams", None) == ("Pricing", "Any")
    assert match_goals(goals, None, "Signup") == ("Signup",)
    assert match_goals(goals, "/about", "Signup") == ("Signup", "Any")
    assert match_goals(goals, None, None) == ()
    assert match_goals((), "/", "Signup") == ()


@pytest.mark.parametrize(
    ("pattern", "page", "is_reached"),
    [
        ("/thanks", "/thanks", True),
        ("/thanks", "/Thanks", False),
        ("/thanks", "/thanks/you", False),
        ("/thanks/", "/thanks", True),
        ("/", "/", True),
        ("/", "/a", False),
        ("/blog/*", "/blog/a", True),
        ("/blog/*", "/blog", False),
        ("/blog/*", "/blog/a/b", False),
        ("/*/edit", "/jane/edit", True),
        ("/*/edit", "/a/b/edit", False),
        ("/pricing/**", "/pricing", True),
        ("/pricing/**", "/pricing/a/b", True),
        ("/pricing/**", "/pricings", False),
        ("/pricing**", "/pricings", True),
        ("/**", "/", True),
        ("/**/edit", "/a/b/edit", True),
        ("/**/edit/**", "/a/edit/b/edit", True),
        ("/**b**b", "/abcb", True),
        ("/x**a*b**b", "/xaxbxb", True),
        ("/a.c", "/abc", False),
        ("/a+(b)", "/a+(b)", True),
        ("/über/*", "/über/uns", True),
        ("/search*", "/search?q=shoes", True),
    ],
)
def test_a_page_pattern(pattern: str, page: str, *, is_reached: bool):
    assert reaches(pattern, page) is is_reached


def slow_match(pattern: str, page: str) -> bool:
    """Follow every way: the plainest form of the rule."""
    if not pattern:
        return not page
    if pattern.startswith("**"):
        return any(slow_match(pattern[2:].lstrip("*"), page[i:]) for i in range(len(page) + 1))
    if pattern.startswith("*"):
        end = (page + "/").index("/")
        return any(slow_match(pattern[1:], page[i:]) for i in range(end + 1))
    return page[:1] == pattern[0] and slow_match(pattern[1:], page[1:])


@given(st.text("/ab*", max_size=8), st.text("/ab", max_size=8))
@settings(deadline=None, max_examples=500)
def test_patterns_match_as_a_plain_search_does(pattern: str, page: str):
    pattern = ("/" + pattern).rstrip("/") or "/"
    shortened = pattern.removesuffix("/**")
    expected = slow_match(pattern, "/" + page) or slow_match(shortened, "/" + page)
    assert reaches(pattern, "/" + page) == expected


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
@settings(deadline=None)
def test_any_text_is_compared(pattern: str, page: str, event: str):
    goals = (Goal(name="page", page="/" + pattern), Goal(name="event", event=event or "e"))
    assert set(match_goals(goals, page, event)) <= {"page", "event"}


def test_a_hostile_page_meets_a_pattern_of_many_wildcards():
    assert not reaches("/**/a/**/a/**/a/**/a/**/b", "/a" * 150)
