from datetime import date, datetime, timedelta
from importlib.resources import files
from random import Random

import msgspec
import pytest

from ingest import demo
from ingest.anonymize.goals import match_goals
from ingest.demo.articles import ARTICLES
from ingest.demo.campaigns import campaigns
from ingest.demo.rhythm import Year
from ingest.demo.website import GOALS, TIMEZONE, folded, split_language, translate, website

YEAR = Year(date(2025, 11, 23), date(2026, 11, 23))


def links():
    return msgspec.json.decode(files(demo).joinpath("links.json").read_bytes())


def test_every_link_leads_to_a_page_with_links():
    pages = links()
    assert {page for targets in pages.values() for page in targets} <= set(pages)


def test_every_page_can_be_reached_from_the_first():
    reached, waiting = set(), ["/", "/signup/welcome"]  # the latter by signing up
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += links()[page]
    assert reached == set(links())


@pytest.mark.parametrize("page", ["/", "/pricing", "/blog/how-to-build-a-fair-rota", "/docs/api"])
def test_a_walk_stays_on_the_site(page):
    chance = Random(1)
    site = website(YEAR, YEAR.last)
    for _ in range(500):
        page = site.follow(page, chance)
        assert "*" not in page
        assert folded(split_language(page)[1]) in links()


def test_articles_come_out_over_the_year():
    newest = [website(YEAR, YEAR.first + timedelta(days=days)).newest for days in range(366)]
    assert len(set(newest)) == 53
    assert newest[-1] == f"/blog/{ARTICLES[-1]}"


def test_nobody_reads_what_is_not_yet_out():
    chance = Random(1)
    site = website(YEAR, YEAR.first)
    read = {site.page("/blog/*", chance) for _ in range(2_000)}
    assert read == {f"/blog/{slug}" for slug in ARTICLES[:10]}


def test_campaigns_lead_to_what_is_out():
    for pulse in campaigns(YEAR, TIMEZONE):
        page = pulse.source.entries(Random(1))
        if page.startswith("/blog/"):
            day = datetime.fromtimestamp(pulse.begins, TIMEZONE).date()
            newest = website(YEAR, day).newest.removeprefix("/blog/")
            assert ARTICLES.index(page.removeprefix("/blog/")) <= ARTICLES.index(newest)


@pytest.mark.parametrize(
    ("page", "language", "translated"),
    [
        ("/", "de", "/de"),
        ("/pricing", "fr", "/fr/pricing"),
        ("/blog/*", "de", "/de/blog/*"),
        ("/docs/api", "de", "/docs/api"),
        ("/pricing", "en", "/pricing"),
        ("/pricing", "nl", "/pricing"),
    ],
)
def test_pages_are_translated_where_a_translation_exists(page, language, translated):
    assert translate(page, language) == translated
    if translated != page:
        assert split_language(translated) == (language, page)


@pytest.mark.parametrize("page", ["/", "/docs", "/features/api", "/demo", "/french"])
def test_english_pages_have_no_language(page):
    assert split_language(page) == ("", page)


def test_goals_are_met():
    assert match_goals(GOALS, None, "Signup") == ("Signup",)
    for page in ("/pricing", "/de/pricing", "/fr/pricing"):
        assert match_goals(GOALS, page, None) == ("Visit pricing",)
    assert match_goals(GOALS, "/blog/how-we-price-our-product", None) == ()
