from collections import Counter
from random import Random

import pytest

from ingest.demo.actions import act


def actions(page: str) -> list:
    chance = Random(1)
    return [action for _ in range(1_000) if (action := act(page, chance))]


def test_signing_up_tells_the_plan_and_opens_the_welcome_page():
    done = actions("/signup")
    assert {action.event for action in done} == {"Signup"}
    assert {action.leads_to for action in done} == {"/signup/welcome"}
    plans = Counter(dict(action.props)["plan"] for action in done)
    assert [plan for plan, _ in plans.most_common()] == ["free", "team", "business"]


def test_a_translated_page_leads_to_a_translated_one():
    assert {action.leads_to for action in actions("/de/signup")} == {"/de/signup/welcome"}


@pytest.mark.parametrize("page", ["/blog/meetings-on-a-rota", "/features/integrations"])
def test_links_leave_for_other_hosts(page: str):
    addresses = {dict(action.props)["url"] for action in actions(page) if action.props}
    assert "https://github.com/" in addresses
    assert all(address.startswith("https://") for address in addresses)
    assert not any("demo.example" in address for address in addresses)


def test_nothing_happens_on_most_pages():
    assert actions("/about") == []
