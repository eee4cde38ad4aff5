"""Where tables are: on one server, or spread by site over the servers of a cluster.

In a cluster a table NAME has its rows in `NAME_local` on every server, and is itself a
`Distributed` table over them, so statements that read and insert are the same everywhere.
"""

from typing import NamedTuple

_INSERT = {
    "distributed_foreground_insert": 1,
    "load_balancing": "in_order",
    "prefer_localhost_replica": 0,
}
_BY_SITE = "cityHash64(site)"


class Cluster(NamedTuple):
    """A cluster as ClickHouse's `remote_servers` names it; without a name, one server."""

    name: str = ""
    replicated: bool = False
    """Whether its tables have replicas, which needs Keeper."""
    servers: tuple[str, ...] = ()
    """The URLs of all its servers, where ClickHouse has no Keeper for `ON CLUSTER`."""

    @property
    def on(self) -> str:
        """What has a statement run on all servers, if ClickHouse can do that by itself."""
        return f" ON CLUSTER `{self.name}`" if self.name and not self.servers else ""

    @property
    def insert_settings(self) -> dict[str, object]:
        """Of an insert: it is over when the shards have it; a shard's first live replica takes it."""
        return dict(_INSERT) if self.name else {}

    def local(self, table: str) -> str:
        """Return the name of the table that has the rows."""
        return f"{table}_local" if self.name else table

    def engine(self, engine: str, table: str) -> str:
        """Return the engine of a table's rows, such as `SummingMergeTree((a, b))`."""
        if not self.replicated:
            return engine
        kind, _, arguments = engine.partition("(")
        path = f"'/clickhouse/tables/{{shard}}/{{database}}/{self.local(table)}', '{{replica}}'"
        rest = f", {arguments}" if arguments else ")"
        return f"Replicated{kind}({path}{rest}"

    def create(
        self, table: str, columns: str, engine: str, *, rest: str = "", key: str = _BY_SITE
    ) -> list[str]:
        """Return the statements that create a table.

        `columns` and `engine` are as in SQL, `rest` what follows the engine, and `key` decides
        which shard has a row.
        """
        local = self.local(table)
        made = [
            f"CREATE TABLE IF NOT EXISTS {local}{self.on} (\n{columns}\n)\nENGINE = {engine}{rest}"
        ]
        if self.name:
            made.append(
                f"CREATE TABLE IF NOT EXISTS {table}{self.on} (\n{columns}\n)\n"
                f"ENGINE = Distributed(`{self.name}`, currentDatabase(), {local}, {key})"
            )
        return made


ALONE = Cluster()
"""One server, or ClickHouse in this process."""
