"""ClickHouse goes away and comes back; hits are acknowledged all the while."""

import threading

import pytest
from clickhouse import ClickHouse

from tests.faults.proxy import FaultProxy, Mode
from tests.faults.trial import Trial

FAULTS = [mode for mode in Mode if mode is not Mode.PASS]
HITS_MEANWHILE = 200


@pytest.fixture
def trial(tmp_path, clickhouse: ClickHouse, proxy: FaultProxy):
    """A collector that reaches ClickHouse by way of the proxy."""
    return Trial(tmp_path, clickhouse.url_at(proxy.port), direct=clickhouse.url)


@pytest.mark.parametrize("mode", FAULTS, ids=lambda mode: mode.name.lower())
def test_link_fails_and_mends(trial, proxy, report, mode):
    with trial:
        trial.wait_until(lambda: trial.counted() > 0)
        proxy.switch(mode)
        if mode is not Mode.REFUSE:
            trial.wait_until(lambda: proxy.struck)
        trial.wait_for_hits(HITS_MEANWHILE)
        proxy.switch(Mode.PASS)
        so_far = trial.acknowledged
        trial.wait_until(lambda: trial.counted() >= so_far)
        report(f"ClickHouse: {mode.value}", 1, trial.finish())


def test_links_that_fail_in_every_way(trial, proxy, report):
    """One after the other, too fast to recover in between, and kill -9 of the collector too."""
    with trial:
        for mode in FAULTS:
            proxy.switch(mode)
            trial.wait_for_hits(HITS_MEANWHILE)
            trial.collector.kill()
            trial.collector.launch()
        proxy.switch(Mode.PASS)
        report("ClickHouse: all of these, and kill -9", len(FAULTS), trial.finish())


def test_clickhouse_is_killed_and_comes_back(trial, clickhouse, report):
    with trial:
        for _ in range(2):
            trial.wait_for_hits(HITS_MEANWHILE)
            clickhouse.kill()
            trial.wait_for_hits(HITS_MEANWHILE)
            clickhouse.start()
        report("kill -9, ClickHouse server alone", 2, trial.finish())


def test_clickhouse_is_away_at_the_start(tmp_path, clickhouse, proxy, report):
    proxy.switch(Mode.REFUSE)
    trial = Trial(tmp_path, clickhouse.url_at(proxy.port), direct=clickhouse.url)
    with trial:
        trial.wait_for_hits(HITS_MEANWHILE)
        proxy.switch(Mode.PASS)
        report("ClickHouse away at the start", 1, trial.finish())


def test_queries_that_hang_keep_no_hit_waiting(trial, proxy, report):
    """Dashboards ask a ClickHouse that does not answer, more than there are threads to wait."""
    with trial:
        trial.wait_until(lambda: trial.counted() > 0)
        proxy.switch(Mode.HANG)
        for _ in range(60):
            threading.Thread(target=trial.collector.pageviews, daemon=True).start()
        trial.wait_until(lambda: proxy.struck > 1)
        trial.wait_for_hits(HITS_MEANWHILE)
        trial.collector.kill()
        proxy.switch(Mode.PASS)
        trial.collector.start()
        report("ClickHouse: hangs, and 60 queries with it; kill -9", 1, trial.finish())
