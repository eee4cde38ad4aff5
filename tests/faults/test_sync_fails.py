"""fsync and fdatasync of the spool fail: never an acknowledgement that was not synced."""

import threading

from tests.faults.books import REFUSED
from tests.faults.collector import Collector
from tests.faults.switched_sync import SwitchedSync
from tests.faults.trial import Trial
from tests.faults.visitors import event


def test_no_answer_before_the_sync(tmp_path):
    sync = SwitchedSync(tmp_path)
    with Collector(tmp_path, environment=sync.environment) as collector:
        assert collector.view("/first") == 202
        sync.hold()
        answers = []
        sender = threading.Thread(target=lambda: answers.append(collector.view("/second")))
        sender.start()
        collector.wait_until(sync.holds)
        assert answers == []
        sync.work()
        sender.join()
        assert answers == [202]


def test_syncs_fail_and_work_again(tmp_path, clickhouse, report):
    sync = SwitchedSync(tmp_path)
    with Trial(tmp_path, clickhouse.url, environment=sync.environment) as trial:
        for _ in range(2):
            trial.wait_for_hits(100)
            sync.fail()
            trial.wait_for_hits(50, REFUSED)
            before = trial.acknowledged
            trial.wait_for_hits(100, REFUSED)
            assert trial.acknowledged == before
            sync.work()
        trial.wait_for_hits(100)
        report("fsync fails", 2, trial.finish())


def test_kill_while_syncs_fail(tmp_path, clickhouse, report):
    """What was written, could not be synced and was refused, must not come back at the start."""
    sync = SwitchedSync(tmp_path)
    with Trial(tmp_path, clickhouse.url, environment=sync.environment) as trial:
        for _ in range(2):
            trial.wait_for_hits(100)
            sync.fail()
            trial.wait_for_hits(100, REFUSED)
            trial.collector.kill()
            sync.work()
            trial.collector.start()
        trial.wait_for_hits(100)
        report("fsync fails, and kill -9", 2, trial.finish())


def test_refused_hit_may_be_sent_again(tmp_path):
    sync = SwitchedSync(tmp_path)
    with Collector(tmp_path, environment=sync.environment) as collector:
        assert collector.view("/first") == 202
        sync.fail()
        status, headers, body = collector.send(event("/a"))
        assert status == 503
        assert int(headers["retry-after"]) > 0
        assert headers["content-type"] == "application/problem+json"
        assert b"/a" not in body
        sync.work()
        collector.wait_until(lambda: collector.view("/second") == 202)
