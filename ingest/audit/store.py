"""The database: what its tables keep and for how long, and what its server logs."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.audit.finding import Finding, State, judge
from ingest.database import open_store
from ingest.settings import Settings
from ingest.store.client import Store, StoreError
from ingest.store.cluster import Cluster
from ingest.store.tables import TABLES, TRAFFIC

_TTL = re.compile(r"\bTTL\b.*", re.DOTALL)
_DAYS = re.compile(r"\[([^\]]*)\], *\[([^\]]*)\]")
_LOGS = ("query_log", "query_thread_log", "query_views_log", "text_log", "session_log")
_QUIET = "log_queries = 0 in the profile of footfall's user"


def look_into(settings: Settings) -> Iterator[Finding]:
    """Yield what the tables keep, and what the server logs of footfall's statements."""
    parts = urlsplit(settings.store)
    if parts.scheme not in ("http", "https"):
        folder = (
            Path(unquote(parts.path))
            if parts.path.startswith("/")
            else settings.data / "clickhouse"
        )
        yield from _retention(settings, _definitions_in(folder))
        yield judge("store", "statements are not logged", True, "embedded: it has no logs")
        return
    try:
        with closing(open_store(settings)) as store:
            yield from _retention(settings, _definitions_of(store))
            yield _query_log(store)
    except StoreError as error:
        yield Finding("store", "the server can be asked", State.OPEN, str(error), "store")


def _definitions_in(folder: Path) -> Mapping[str, str]:
    """Return what embedded ClickHouse notes of its tables, which can be read while it runs."""
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("store/*/*/*.sql")}


def _definitions_of(store: Store) -> Mapping[str, str]:
    sql = "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()"
    return dict(store.query(sql))


def _retention(settings: Settings, definitions: Mapping[str, str]) -> Iterator[Finding]:
    if not definitions:
        found = "there are no tables yet"
        yield Finding(
            "store", "records end with their retention", State.OPEN, found, "footfall migrate"
        )
    cluster = Cluster(settings.cluster)
    for table in TABLES:
        definition = definitions.get(cluster.local(table.name))
        if not definition:
            continue
        kept, *kept_hours = _days(definition) or [{}]
        yield _ends(f"records of {table.name} end with their retention", kept, settings.retention)
        if table is TRAFFIC:
            criterion = "hours of all but the totals end with their hours_days"
            yield _ends(criterion, kept_hours[0] if kept_hours else {}, settings.hours)


def _days(definition: str) -> list[dict[str, int]]:
    """Return the days for which a table keeps each site's rows, as its definition says.

    Of traffic those of the totals, then those of the rest.
    """
    told = _TTL.search(definition)
    if not told:
        return []
    return [
        dict(zip(re.findall(r"'([^']*)'", sites), map(int, re.findall(r"\d+", days)), strict=False))
        for sites, days in _DAYS.findall(told[0].replace("\\'", "'"))
    ]


def _ends(criterion: str, kept: Mapping[str, int], wanted: Mapping[str, int]) -> Finding:
    missing = [site for site, days in wanted.items() if kept.get(site) != days]
    found = _tell_days(kept, missing)
    return judge("store", criterion, holds=not missing, found=found, change="footfall migrate")


def _tell_days(kept: Mapping[str, int], missing: list[str]) -> str:
    if missing:
        return ", ".join(f"{site}: {kept.get(site, 'no')} days" for site in missing)
    return ", ".join(f"{days} days" for days in sorted(set(kept.values())))


def _query_log(store: Store) -> Finding:
    """Return what is logged of statements: no visitor's data, but what operators ask for, and when."""
    there = [
        name
        for (name,) in store.query("SELECT name FROM system.tables WHERE database = 'system'")
        if name in _LOGS
    ]
    ((logs,),) = store.query("SELECT value FROM system.settings WHERE name = 'log_queries'")
    return judge(
        "store",
        "statements are not logged",
        holds=not there or logs == "0",
        found=f"log_queries = {logs}; {', '.join(there) or 'no table of logs'}",
        change=_QUIET,
    )
