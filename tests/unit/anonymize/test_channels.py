import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.channels import _RULES, Clues, channel

ALL = {name for name, _ in _RULES}


def channel_of(
    source: str = "",
    kind: str = "",
    medium: str = "",
    campaign: str = "",
    *,
    referred: bool = False,
) -> str:
    return channel(Clues(source, kind, medium, campaign, referred))


@pytest.mark.parametrize(
    ("clues", "name"),
    [
        ({}, "Direct"),
        ({"campaign": "my cross-network test", "medium": "cpc"}, "Cross-network"),
        ({"kind": "shopping", "medium": "cpc"}, "Paid Shopping"),
        ({"source": "x", "campaign": "spring-shop", "medium": "ppc"}, "Paid Shopping"),
        ({"kind": "search", "medium": "cpc"}, "Paid Search"),
        ({"kind": "search", "medium": "CPC"}, "Paid Search"),
        ({"kind": "search", "medium": "cpm"}, "Paid Search"),
        ({"kind": "social", "medium": "paid_social"}, "Paid Social"),
        ({"kind": "social", "medium": "retargeting"}, "Paid Social"),
        ({"kind": "video", "medium": "cpv-cpm"}, "Paid Video"),
        ({"medium": "display"}, "Display"),
        ({"medium": "banner"}, "Display"),
        ({"source": "x", "medium": "cpm"}, "Display"),
        ({"source": "x", "medium": "cpa"}, "Paid Other"),
        ({"kind": "ai", "medium": "cpc"}, "Paid Other"),
        ({"kind": "ai"}, "AI Assistants"),
        ({"kind": "ai", "medium": "referral"}, "AI Assistants"),
        ({"kind": "shopping"}, "Organic Shopping"),
        ({"campaign": "eshop"}, "Organic Shopping"),
        ({"campaign": "shopping week"}, "Organic Shopping"),
        ({"campaign": "workshop", "source": "x"}, "Referral"),
        ({"kind": "social"}, "Organic Social"),
        ({"medium": "social-media"}, "Organic Social"),
        ({"medium": "sm"}, "Organic Social"),
        ({"kind": "video"}, "Organic Video"),
        ({"medium": "in-video"}, "Organic Video"),
        ({"kind": "search", "referred": True}, "Organic Search"),
        ({"medium": "organic"}, "Organic Search"),
        ({"medium": "link"}, "Referral"),
        ({"kind": "email"}, "Email"),
        ({"medium": "E-Mail"}, "Email"),
        ({"source": "e mail"}, "Email"),
        ({"medium": "affiliate"}, "Affiliates"),
        ({"medium": "audio"}, "Audio"),
        ({"kind": "audio"}, "Audio"),
        ({"source": "sms"}, "SMS"),
        ({"medium": "sms"}, "SMS"),
        ({"medium": "webpush"}, "Mobile Push Notifications"),
        ({"medium": "mobile-app"}, "Mobile Push Notifications"),
        ({"medium": "notification"}, "Mobile Push Notifications"),
        ({"source": "firebase"}, "Mobile Push Notifications"),
        ({"source": "flyer", "medium": "print"}, "Referral"),
        ({"kind": "news"}, "Referral"),
        ({"referred": True}, "Referral"),
        ({"medium": "print"}, "Referral"),
    ],
)
def test_the_first_rule_that_holds_names_the_channel(clues: dict[str, str], name: str):
    assert channel_of(**clues) == name


def test_the_channels_are_ga4s_and_ai_assistants():
    assert len(ALL) == 19
    assert {"Direct", "Organic Search", "Paid Search", "AI Assistants", "Referral"} <= ALL


words = st.sampled_from(["", "cpc", "paid", "shop", "social", "email", "push"]) | st.text(
    st.characters()
)


@given(words, st.sampled_from(["", "search", "social", "ai", "news"]), words, words, st.booleans())
@settings(deadline=None)
def test_any_clues_give_a_channel(
    source: str,
    kind: str,
    medium: str,
    campaign: str,
    referred: bool,
):
    name = channel_of(source, kind, medium, campaign, referred=referred)
    assert name in ALL
    assert (name == "Direct") == (not (source or kind or medium or campaign or referred))
