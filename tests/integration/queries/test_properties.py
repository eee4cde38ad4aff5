from stores import KINDS

from tests.integration.queries.website import MakeWebsite, Website

STORES = KINDS


def _properties(site: Website, **parameters: str):
    return site.send("GET", path="/api/v2/properties", params={"site_id": site.domain} | parameters)


def test_properties_are_named_that_of_the_most_events_first(website: MakeWebsite):
    site = website()
    site.traffic("prop:plan", "pro", "2026-11-23 14:00", events=2)
    site.traffic("prop:plan", "team", "2025-11-23 14:00", events=2)
    site.traffic("prop:file", "a.pdf", "2026-11-23 14:00", events=3)
    site.traffic("event", "Signup", "2026-11-23 14:00", events=4)
    assert _properties(site).json() == {"properties": ["plan", "file"]}
    assert _properties(site, site_id=f"www.{site.domain}").json()["properties"] == ["plan", "file"]


def test_a_site_without_any_has_none(website: MakeWebsite):
    assert _properties(website()).json() == {"properties": []}


def test_a_site_of_others_is_forbidden(website: MakeWebsite):
    assert _properties(website(), site_id="other.example").status_code == 403


def test_another_parameter_is_refused(website: MakeWebsite):
    assert _properties(website(), metrics="visitors").status_code == 400
