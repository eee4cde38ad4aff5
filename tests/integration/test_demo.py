"""`footfall demo`: made-up traffic through the real pipeline into a real ClickHouse."""

from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from ingest.demo.fill import SEED, fill
from ingest.demo.traffic import traffic
from ingest.demo.website import GOALS, TIMEZONE
from ingest.settings import Settings, Site
from ingest.spool.opening import Claim, open_spool
from ingest.spool.transaction import SpoolError
from ingest.store.client import Store
from ingest.store.dimensions import TOTALS

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).timestamp()
DAYS = 7
SITE = Site(domain="demo.example", timezone=TIMEZONE, goals=GOALS)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Settings whose database is filled, and what `fill` returned."""
    settings = Settings(data=tmp_path_factory.mktemp("demo"), sites=(SITE,))
    return settings, fill(settings, NOW, DAYS)


@pytest.fixture(scope="module")
def sent():
    return [hit for _, hit in traffic(SITE, Random(SEED), NOW, DAYS)]


def rows(settings, sql):
    with closing(Store(settings.store, settings.data)) as store:
        return store.query(sql, {"totals": TOTALS})


def test_every_hit_is_counted_or_dropped(filled, sent):
    settings, counted = filled
    robots = [hit for hit in sent if hit.browser.refusal]
    opted_out = [hit for hit in sent if hit.opted_out]
    assert robots
    assert opted_out
    drops = dict(rows(settings, "SELECT reason, sum(hits) FROM drops GROUP BY reason"))
    assert drops == {"robot": len(robots), "opt_out": len(opted_out)}
    assert counted == len(sent) - len(robots) - len(opted_out)


def test_totals_equal_what_was_sent(filled, sent):
    settings, _ = filled
    counted = [hit for hit in sent if not hit.opted_out and not hit.browser.refusal]
    names = Counter(hit.name for hit in counted)
    pageviews, engagements = names.pop("pageview"), names.pop("engagement")
    assert engagements
    [found] = rows(
        settings,
        "SELECT sum(pageviews), sum(events), sum(engagement) FROM traffic "
        "WHERE dimension = {totals:String}",
    )
    assert found == (pageviews, names.total(), sum(hit.engaged for hit in counted))
    events = "SELECT value, sum(events) FROM traffic WHERE dimension = 'event' GROUP BY value"
    assert dict(rows(settings, events)) == names


def test_visits_are_believable(filled):
    settings, _ = filled
    [(visits, visitors, bounces, pageviews)] = rows(
        settings,
        "SELECT sum(visits), sum(visitors), sum(bounces), sum(pageviews) FROM traffic "
        "WHERE dimension = {totals:String}",
    )
    assert 0.45 < bounces / visits < 0.55
    assert 1.7 < pageviews / visits < 2.5
    assert 1.05 < visits / visitors < 1.3


def test_the_week_before_now_is_filled(filled):
    settings, _ = filled
    hours = [
        hour.astimezone(TIMEZONE) if hour.tzinfo else hour.replace(tzinfo=UTC).astimezone(TIMEZONE)
        for (hour,) in rows(settings, "SELECT DISTINCT hour FROM traffic ORDER BY hour")
    ]
    days = {hour.date() for hour in hours}
    assert days == {date(2026, 11, 16) + timedelta(days=number) for number in range(DAYS + 1)}
    assert hours[-1].hour == 15


def test_a_site_with_traffic_is_left_as_it_is(filled, capsys):
    settings, _ = filled
    before = rows(settings, "SELECT count(), sum(pageviews) FROM traffic")
    capsys.readouterr()
    assert fill(settings, NOW, DAYS) == 0
    assert capsys.readouterr().out.splitlines() == [
        "demo.example has traffic and is left as it is; another --data starts anew"
    ]
    assert rows(settings, "SELECT count(), sum(pageviews) FROM traffic") == before


def test_nothing_is_left_in_the_spool(filled):
    settings, _ = filled
    spool, was_damaged = open_spool(settings.data, settings.spool_limit, settings.disk_floor, NOW)
    with closing(spool):
        assert not was_damaged
        assert len(spool) == 0


def test_a_folder_in_use_is_refused(filled):
    settings, _ = filled
    with (
        closing(Claim(settings.data)),
        pytest.raises(SpoolError, match="another footfall uses this folder"),
    ):
        fill(settings, NOW, DAYS)
