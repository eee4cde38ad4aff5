"""The three kinds of store that footfall works with, each a real ClickHouse."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from clickhouse import ClickHouse

from ingest.store.client import Store
from ingest.store.cluster import Cluster

KINDS = ("embedded", "server", "cluster")
PASSWORDS = {
    "FOOTFALL_PASSWORD": "of-the-owner",
    "FOOTFALL_COLLECTOR_PASSWORD": "of-the-collector",
    "FOOTFALL_QUERY_PASSWORD": "of-the-query-service",
    "FOOTFALL_CLUSTER_SECRET": "between-servers",
}
DOCKER = Path(__file__).parents[1] / "docker"
_CONFIG = """<clickhouse>
<user_directories><users_xml><path>users.xml</path></users_xml></user_directories>
<query_log><database>system</database><table>query_log</table></query_log>
<trace_log><database>system</database><table>trace_log</table></trace_log>
</clickhouse>"""
"""As the image has it, as far as our own files change it."""
_USERS = """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
<default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
<quota>default</quota><access_management>1</access_management></default></users></clickhouse>"""
_SHARDS = """<clickhouse><remote_servers><footfall>
<secret from_env="FOOTFALL_CLUSTER_SECRET"/>{}</footfall></remote_servers></clickhouse>"""
_SHARD = "<shard><replica><host>127.0.0.1</host><port>{}</port></replica></shard>"


class Address(NamedTuple):
    """What settings say about a store."""

    url: str
    cluster: Cluster = Cluster()

    def as_user(self, user: str, password: str = "") -> "Address":
        """Return the address for another user than `default`."""
        return self._replace(url=self.url.replace("default:", f"{user}:{password}"))

    def settings(self) -> str:
        """Return it as lines of a settings file."""
        lines = f'store = "{self.url}"\n'
        if self.cluster.name:
            urls = ", ".join(f'"{url}"' for url in self.cluster.servers)
            lines += f'cluster = "{self.cluster.name}"\nservers = [{urls}]\n'
        return lines


class Servers:
    """Two ClickHouse servers with the configuration for containers: one alone, or two shards."""

    def __init__(self, folder: Path):
        folders = [folder / name for name in ("first", "second")]
        configs = [write_config(folder / f"{place.name}-config") for place in folders]
        self.both = [
            ClickHouse(place, config, PASSWORDS)
            for place, config in zip(folders, configs, strict=True)
        ]
        shards = "".join(_SHARD.format(each.tcp_port) for each in self.both)
        for config in configs:
            (config.parent / "config.d/shards.xml").write_text(_SHARDS.format(shards))

    def __enter__(self):
        for each in self.both:
            each.start()
        return self

    def __exit__(self, *_) -> None:
        for each in self.both:
            each.kill()

    def address(self, kind: str, database: str | None = None) -> Address:
        """Return a new database on one server, or on both."""
        database = database or f"test_{uuid4().hex}"
        for each in self.both:
            each.query(f"CREATE DATABASE {database}")
        urls = [f"http://default:@127.0.0.1:{each.port}/{database}" for each in self.both]
        if kind == "server":
            return Address(urls[0])
        return Address(urls[0], Cluster("footfall", servers=tuple(urls)))


@contextmanager
def opened(kind: str, servers: Servers | None, folder: Path) -> Iterator[Store]:
    """Yield a new, empty store of a kind."""
    address = Address("chdb") if kind == "embedded" else servers.address(kind)
    with closing(Store(address.url, folder, cluster=address.cluster)) as store:
        yield store


def write_config(folder: Path) -> Path:
    """Write a server's configuration with what is ours for containers; return its main file."""
    folder.mkdir()
    for part in ("config.d", "users.d"):
        shutil.copytree(DOCKER / "clickhouse" / part, folder / part)
    (folder / "users.xml").write_text(_USERS)
    config = folder / "config.xml"
    config.write_text(_CONFIG)
    return config
