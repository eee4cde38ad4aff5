from collections import Counter
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise
from random import Random
from statistics import mean
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from ingest.anonymize.page import read_page
from ingest.demo.campaigns import campaigns
from ingest.demo.markets import load_markets
from ingest.demo.rhythm import GROWTH, Year
from ingest.demo.traffic import traffic
from ingest.demo.website import TIMEZONE
from ingest.settings import Site

SITE = Site(domain="demo.example", timezone=TIMEZONE)
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).timestamp()
"""A Monday."""


class Seen(NamedTuple):
    """What a year of traffic is like."""

    hits: int
    names: Counter
    robots: int
    opted_out: int
    jumps_back: int
    times: tuple[int, int]
    days: Counter
    """Visits by day: pages that were not opened from another page of the site."""
    hours: dict[str, Counter]
    """Hits of visitors by language tag and hour of UTC."""
    sources: dict[date, Counter]
    """Referring hosts by day."""
    tags: dict[date, Counter]
    """Queries by day."""
    urls: Counter
    networks: Counter
    days_by_address: dict[str, set]


@pytest.fixture(scope="module")
def year() -> Seen:
    seen = Seen(0, Counter(), 0, 0, 0, (0, 0), Counter(), {}, {}, {}, Counter(), Counter(), {})
    hits = robots = opted_out = jumps_back = first = last = 0
    for time, hit in traffic(SITE, Random(1), NOW):
        hits += 1
        first = first or time
        jumps_back += time < last
        last = time
        seen.names[hit.name] += 1
        seen.urls[hit.url] += 1
        if hit.browser.refusal:
            robots += 1
            continue
        opted_out += hit.opted_out
        moment = datetime.fromtimestamp(time, TIMEZONE)
        languages = hit.browser.part.rpartition(b"\0")[2].decode()
        tag = languages.partition(",")[0]
        seen.hours.setdefault(tag, Counter())[moment.astimezone(UTC).hour] += 1
        referrer = urlsplit(hit.referrer).hostname
        if hit.name == "pageview" and referrer != SITE.domain:
            day = moment.date()
            seen.days[day] += 1
            seen.sources.setdefault(day, Counter())[referrer or ""] += 1
            seen.tags.setdefault(day, Counter())[urlsplit(hit.url).query] += 1
            seen.days_by_address.setdefault(hit.address, set()).add(day)
            if ":" not in hit.address:
                seen.networks[ip_network((hit.address, 24), strict=False)] += 1
    return seen._replace(
        hits=hits, robots=robots, opted_out=opted_out, jumps_back=jumps_back, times=(first, last)
    )


def visits(year: Seen, first: date, days: int) -> float:
    return mean(year.days[first + timedelta(days=number)] for number in range(days))


def test_hits_come_in_order_of_time_up_to_now(year: Seen):
    begin = datetime(2025, 11, 23, tzinfo=TIMEZONE).timestamp()
    assert year.jumps_back == 0
    assert begin <= year.times[0] < begin + 3_600
    assert NOW - 3_600 < year.times[1] < NOW
    assert 400_000 < year.hits < 520_000


def test_a_working_day_has_twice_the_visits_of_a_day_off(year: Seen):
    by_weekday = [Counter() for _ in range(7)]
    for day, number in year.days.items():
        by_weekday[day.weekday()][day] = number
    averages = [mean(days.values()) for days in by_weekday]
    assert min(averages[:5]) > 1.5 * max(averages[5:])
    assert averages[1] == max(averages)


@pytest.mark.parametrize(
    ("language", "zone"),
    [("de-DE", "Europe/Berlin"), ("ja-JP", "Asia/Tokyo"), ("pt-BR", "America/Sao_Paulo")],
)
def test_visitors_come_by_their_own_clock(year: Seen, language: str, zone: str):
    ahead = datetime(2026, 5, 1, tzinfo=ZoneInfo(zone)).utcoffset() // timedelta(hours=1)
    local = Counter({(hour + ahead) % 24: n for hour, n in year.hours[language].items()})
    day = sum(local[hour] for hour in range(8, 18))
    night = sum(local[hour] for hour in range(6))
    assert day > 10 * night
    assert day > 0.6 * local.total()


def test_visits_double_over_the_year(year: Seen):
    early = visits(year, date(2025, 11, 24), 21)
    late = visits(year, date(2026, 11, 2), 21)
    assert late / early == pytest.approx(GROWTH, rel=0.15)


def test_summer_and_the_days_between_the_years_are_quiet(year: Seen):
    assert visits(year, date(2026, 8, 3), 14) < 0.85 * visits(year, date(2026, 6, 8), 14)
    assert visits(year, date(2026, 8, 3), 14) < 0.75 * visits(year, date(2026, 9, 14), 14)
    assert visits(year, date(2025, 12, 24), 7) < 0.8 * visits(year, date(2026, 1, 12), 7)


def test_the_launch_and_the_news_make_the_two_greatest_days(year: Seen):
    (news, _), (launch, _), (_, third) = year.days.most_common(3)
    assert year.sources[news].most_common(1)[0][0] == "news.ycombinator.com"
    assert year.sources[launch].most_common(1)[0][0] == "www.producthunt.com"
    assert year.days[launch] > 1.3 * third


def test_a_newsletter_comes_every_second_tuesday(year: Seen):
    days = Counter()
    for day, tags in year.tags.items():
        for tag, number in tags.items():
            if "utm_source=newsletter" in tag:
                days[day] += number
    sent = [
        pulse
        for pulse in campaigns(Year.before(NOW, TIMEZONE), TIMEZONE)
        if "newsletter" in pulse.source.query
    ]
    tuesdays = sorted({datetime.fromtimestamp(pulse.begins, TIMEZONE).date() for pulse in sent})
    assert {day.weekday() for day in tuesdays} == {1}
    assert {later - day for day, later in pairwise(tuesdays)} == {timedelta(weeks=2)}
    assert {day for day, _ in days.most_common(len(tuesdays))} == set(tuesdays)


def test_the_advertisement_runs_for_six_weeks(year: Seen):
    days = sorted(
        day for day, tags in year.tags.items() if any("utm_medium=cpc" in t for t in tags)
    )
    assert days[-1] - days[0] <= timedelta(weeks=6, days=4)
    assert len(days) >= 42


def test_assistants_rise(year: Seen):
    def share(first: date) -> float:
        counted = Counter()
        for number in range(28):
            counted += year.sources[first + timedelta(days=number)]
        return counted["chatgpt.com"] / counted.total()

    assert share(date(2026, 10, 20)) > 3 * share(date(2025, 11, 24))


def test_robots_and_opt_outs_are_few_but_there(year: Seen):
    assert 0.02 < year.robots / year.hits < 0.04
    assert 0.01 < year.opted_out / year.hits < 0.03


def test_most_pages_report_how_they_were_read(year: Seen):
    assert 0.8 < year.names["engagement"] / year.names["pageview"] < 1
    assert set(year.names) == {
        *("pageview", "engagement", "Signup", "File Download", "Newsletter", "Outbound Link: Click")
    }


def test_some_visitors_come_again_with_the_same_address(year: Seen):
    returned = sum(len(days) > 1 for days in year.days_by_address.values())
    assert 0.05 < returned / len(year.days_by_address) < 0.4


def test_visitors_come_from_all_networks(year: Seen):
    seen = {ip_address(network.network_address) for network in year.networks}
    for market in load_markets():
        for network in map(ip_network, market.networks):
            assert network.version == 6 or any(address in network for address in seen)


def test_pages_keep_their_names(year: Seen):
    for url in year.urls:
        page = read_page(url, hash_routing=False, query_params=())
        assert page is not None
        assert page.page == urlsplit(url).path


def test_the_same_chance_makes_the_same_hits():
    def hits(seed: int) -> list:
        return list(traffic(SITE, Random(seed), NOW, days=1))

    first = hits(7)
    assert first == hits(7)
    assert first != hits(8)


def test_fewer_days_are_the_end_of_the_same_year(year: Seen):
    short = Counter(
        datetime.fromtimestamp(time, TIMEZONE).date()
        for time, hit in traffic(SITE, Random(3), NOW, days=7)
        if hit.name == "pageview" and SITE.domain not in hit.referrer
    )
    assert sorted(short) == [date(2026, 11, 16) + timedelta(days=n) for n in range(8)]
    assert short.total() == pytest.approx(sum(year.days[day] for day in short), rel=0.2)
