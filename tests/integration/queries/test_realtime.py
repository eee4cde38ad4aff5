from tests.integration.queries.website import MakeWebsite, Website


def _now(site: Website, **parameters: str):
    return site.send("GET", path="/api/v2/realtime", params={"site_id": site.domain} | parameters)


def test_current_visitors_and_what_they_see(website: MakeWebsite):
    site = website()  # now is 14:30
    site.current[site.domain] = 3
    site.traffic("page", "/", "2026-11-23 14:00", visitors=2, pageviews=3)
    site.traffic("page", "/old", "2026-11-23 13:00", visitors=2, pageviews=3)
    site.traffic("source", "Google", "2026-11-23 14:00", visitors=2, pageviews=4)
    answer = _now(site).json()
    assert answer["current_visitors"] == 3
    assert answer["pages"] == [{"value": "/", "visitors": 2, "pageviews": 3}]
    assert answer["sources"] == [{"value": "Google", "visitors": 2, "pageviews": 4}]
    assert answer["countries"] == []
    assert answer["meta"]["date_range"] == [
        "2026-11-23T14:00:00+00:00",
        "2026-11-23T14:59:59+00:00",
    ]


def test_several_sites_are_added_up(website: MakeWebsite):
    site = website(second_zone="Asia/Tokyo")
    site.current.update({site.domain: 3, site.second: 4, "other.example": 100})
    assert _now(site, site_id="*").json()["current_visitors"] == 7
    assert _now(site, site_id=f"{site.domain},{site.second}").json()["current_visitors"] == 7
    assert _now(site, site_id=site.second).json()["current_visitors"] == 4


def test_without_a_collector_nobody_is_made_up(website: MakeWebsite):
    site = website(collects=False)
    assert _now(site).json()["current_visitors"] is None


def test_a_site_of_others_is_forbidden(website: MakeWebsite):
    assert _now(website(), site_id="other.example").status_code == 403


def test_another_parameter_is_refused(website: MakeWebsite):
    answer = _now(website(), metrics="visitors")
    assert (answer.status_code, "site_id" in answer.json()["detail"]) == (400, True)
