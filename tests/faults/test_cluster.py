"""A shard of a cluster goes away and comes back; hits are acknowledged all the while."""

import pytest
from stores import Servers

from tests.faults.trial import Trial

HITS_MEANWHILE = 200


@pytest.fixture
def servers(tmp_path):
    with Servers(tmp_path) as both:
        yield both


def test_shards_are_killed_and_come_back(tmp_path, servers, report):
    address = servers.address("cluster")
    with Trial(tmp_path, address.url, direct=address.url, settings=address.settings()) as trial:
        trial.wait_until(lambda: trial.counted() > 0)
        for shard in servers.both:
            shard.kill()
            trial.wait_for_hits(HITS_MEANWHILE)
            trial.collector.kill()
            shard.start()
            trial.collector.start()
            trial.wait_for_hits(HITS_MEANWHILE)
        report("kill -9, each shard of a cluster, and the collector", 2, trial.finish())
