import pytest

from ingest.store.cluster import ALONE, Cluster
from ingest.store.tables import TABLES, TRAFFIC, create, keep

KEPT = {"a.example": 30}


def test_on_one_server_a_table_is_its_own():
    (statement,) = create(TRAFFIC)
    assert statement.startswith("CREATE TABLE IF NOT EXISTS traffic (")
    assert "ENGINE = SummingMergeTree((pageviews, " in statement
    assert keep(TRAFFIC, KEPT, KEPT).startswith("ALTER TABLE traffic MODIFY TTL ")
    assert ALONE.insert_settings == {}


@pytest.mark.parametrize("table", TABLES)
def test_in_a_cluster_with_keeper_one_statement_does_for_all_servers(table):
    cluster = Cluster("all", replicated=True)
    local, distributed = create(table, cluster)
    name = f"{table.name}_local"
    assert local.startswith(f"CREATE TABLE IF NOT EXISTS {name} ON CLUSTER `all` (")
    path = f"'/clickhouse/tables/{{shard}}/{{database}}/{name}', '{{replica}}'"
    assert f"ENGINE = ReplicatedSummingMergeTree({path}, (" in local
    assert distributed.startswith(f"CREATE TABLE IF NOT EXISTS {table.name} ON CLUSTER `all` (")
    assert distributed.endswith(
        f"ENGINE = Distributed(`all`, currentDatabase(), {name}, cityHash64(site))"
    )
    assert keep(table, KEPT, KEPT, cluster).startswith(
        f"ALTER TABLE {name} ON CLUSTER `all` MODIFY TTL"
    )


def test_without_keeper_each_server_is_told():
    local, distributed = create(TRAFFIC, Cluster("all", servers=("http://a", "http://b")))
    assert "ON CLUSTER" not in local + distributed
    assert "ENGINE = SummingMergeTree((pageviews, " in local
