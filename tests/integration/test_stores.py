"""What holds of every store: embedded, on a server, and over the shards of a cluster."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from stores import KINDS, Servers, opened

from ingest.store.client import Store, StoreError
from ingest.store.cluster import Cluster
from ingest.store.deletion import count_records, delete_records
from ingest.store.migrate import VERSIONS, SchemaError, check, migrate
from ingest.store.tables import COUNTERS, SCHEMA_VERSION, TRAFFIC

SITES = [f"{letter}.example" for letter in "abcdefgh"]
HOUR = 1_795_600_800


@pytest.fixture(scope="module", params=KINDS)
def store(request, servers: Servers, tmp_path_factory) -> Iterator[Store]:
    with opened(request.param, servers, tmp_path_factory.mktemp("store")) as store:
        migrate(store, {"example.com": 20_000})
        yield store


def insert(store: Store, token: str, sites=SITES) -> None:
    """Insert a record of one page view for each site."""
    zeros = [[0] * len(sites) for _ in COUNTERS[1:]]
    key = [sites, [""] * len(sites), [HOUR] * len(sites), [""] * len(sites)]
    store.insert(TRAFFIC, [*key, [1] * len(sites), *zeros], token)


def views(store: Store) -> dict[str, int]:
    return dict(store.query("SELECT site, sum(pageviews) FROM traffic GROUP BY site"))


def test_a_batch_counts_once_however_often_it_is_sent(store):
    for _ in range(3):
        insert(store, "once")
    assert views(store) == dict.fromkeys(SITES, 1)
    insert(store, "twice")
    assert views(store) == dict.fromkeys(SITES, 2)


def test_to_migrate_again_changes_nothing(store):
    insert(store, "before")
    before = views(store)
    migrate(store, {"example.com": 20_000})
    insert(store, "before")
    assert views(store) == before
    check(store)


def test_a_sites_records_are_deleted_and_no_others(store):
    insert(store, "all")
    assert count_records(store, SITES[0]) > 0
    delete_records(store, SITES[0])
    assert count_records(store, SITES[0]) == 0
    assert views(store).keys() == set(SITES[1:])


def test_a_newer_schema_is_refused(store):
    store.insert(VERSIONS, [[SCHEMA_VERSION + 1]], token="")
    for refuses in (check, lambda store: migrate(store, {})):
        with pytest.raises(SchemaError, match="install a newer footfall"):
            refuses(store)


def test_a_cluster_spreads_sites_over_its_servers(servers):
    address = servers.address("cluster")
    with closing(Store(address.url, None, cluster=address.cluster)) as store:
        migrate(store, {"example.com": 20_000})
        insert(store, "spread")
    parts = []
    for url in address.cluster.servers:
        with closing(Store(url, None)) as one:
            parts.append({site for (site,) in one.query("SELECT site FROM traffic_local")})
            assert views(one) == dict.fromkeys(SITES, 1)
    assert all(parts)
    assert sorted(parts[0] | parts[1]) == SITES
    assert not parts[0] & parts[1]


def test_a_batch_that_reached_one_shard_alone_counts_once(servers):
    address = servers.address("cluster")
    with closing(Store(address.url, None, cluster=address.cluster)) as store:
        migrate(store, {"example.com": 20_000})
        servers.both[1].kill()
        for _ in range(2):
            with pytest.raises(StoreError):
                insert(store, "a token")
        servers.both[1].start()
        insert(store, "a token")
        assert views(store) == dict.fromkeys(SITES, 1)


def test_a_database_of_one_server_is_no_clusters(servers):
    address = servers.address("cluster")
    with closing(Store(address.url, None)) as alone:
        migrate(alone, {"example.com": 20_000})
    with (
        closing(Store(address.url, None, cluster=address.cluster)) as store,
        pytest.raises(SchemaError, match="tables of one server; give the cluster another"),
    ):
        migrate(store, {"example.com": 20_000})


def test_a_cluster_without_keeper_needs_its_servers(servers):
    address = servers.address("cluster")
    with (
        closing(Store(address.url, None, cluster=Cluster("footfall"))) as store,
        pytest.raises(StoreError, match="list its servers in `servers`"),
    ):
        migrate(store, {"example.com": 20_000})
