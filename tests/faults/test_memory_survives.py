"""What lives in memory only goes on through kill -9 as if nothing had happened."""

from tests.faults.expectation import Scope
from tests.faults.scene import Scene

KILLS = 10
K = 5


def test_visits_and_visitors_through_kills(tmp_path, clickhouse, report):
    """Within one visit each; more visitors than a crosstab cell needs."""
    visitors = range(8)
    with Scene(tmp_path, clickhouse) as scene:
        for _ in range(KILLS):
            scene.view(visitors)
            scene.restart()
        scene.view(visitors)
        outcome = scene.judge(Scope.TIMELESS)
        sums = "SELECT sum(visits), sum(visitors), sum(bounces) FROM traffic WHERE dimension = ''"
        assert clickhouse.query(sums) == [(8, 8, 0)]
        report("kill -9 within a visit", KILLS, outcome)


def test_cells_wait_through_kills_and_are_released_at_k(tmp_path, clickhouse, report):
    released = "SELECT count() FROM crosstabs"
    with Scene(tmp_path, clickhouse) as scene:
        for visitor in range(K - 1):
            scene.view([visitor, visitor])
            scene.restart()
        assert not scene.judge(Scope.TIMELESS).deviations
        assert clickhouse.query(released) == [(0,)]
        scene.view([K - 1])
        scene.restart()
        scene.collector.wait_until(lambda: clickhouse.query(released) > [(0,)])
        scene.view([0, K])
        report("kill -9 while cells wait for a crowd", K, scene.judge(Scope.TIMELESS))
