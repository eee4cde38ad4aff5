"""The command `footfall`."""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ingest import upkeep
from ingest.anonymize.geo.build import update
from ingest.anonymize.geo.fetch import FetchError
from ingest.app import Role
from ingest.audit.command import audit, tell
from ingest.demo.fill import fill
from ingest.demo.website import GOALS, TIMEZONE
from ingest.prove.command import prove
from ingest.prove.installation import ProofError
from ingest.serving import serve
from ingest.settings import Settings, SettingsError, load, secret_hash
from ingest.spool.transaction import SpoolError
from ingest.store.client import StoreError
from ingest.store.migrate import SchemaError

_FLAGS = ("listen", "data", "store", "site", "key", "profile", "handover")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (FetchError, ProofError, SettingsError, SpoolError, StoreError, SchemaError) as error:
        print(f"footfall: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="footfall", description="Counts the people who pass through a website and knows none."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("serve", _serve, "run collector and queries"),
        ("collect", partial(_serve, role=Role.COLLECT), "run the collector alone, on a server"),
        ("query", partial(_serve, role=Role.QUERY), "run queries and dashboard alone, on a server"),
        ("prove", _prove, "put the guarantees to the test, against a throw-away copy"),
        ("demo", _demo, "make up a year of traffic for a site, and serve it"),
        (
            "migrate",
            _on_store(upkeep.migrate_schema),
            "bring the database to this version's schema",
        ),
        ("records", _on_store(upkeep.print_records), "print every record that is stored"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        _add_settings(command)
    text = "hold the running configuration against what is promised"
    auditing = commands.add_parser("audit", help=text, description=text)
    auditing.set_defaults(run=_audit)
    auditing.add_argument("--json", action="store_true", help="print it for a program")
    _add_settings(auditing)
    _add_upkeep(commands)
    key = commands.add_parser("key", help="make a query key").add_subparsers(required=True)
    key.add_parser("new", help="print a new query key and its hash").set_defaults(run=_new_key)
    geo = commands.add_parser("geo", help="country and provider data").add_subparsers(required=True)
    geo_update = geo.add_parser("update", help="fetch newer data")
    geo_update.add_argument("folder", type=Path, help="where to write country.mmdb, provider.mmdb")
    geo_update.set_defaults(run=_update_geo)
    return parser


def _add_upkeep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    site = commands.add_parser("site", help="what is stored of a site").add_subparsers(
        required=True
    )
    delete = site.add_parser("delete", help="delete all statistics of a site")
    delete.add_argument("domain", help="the site, configured or not")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    backup = commands.add_parser("backup", help="back the embedded database up into a file")
    backup.add_argument("file", type=Path, help="a new file, like footfall.tar")
    restore = commands.add_parser("restore", help="fill an empty embedded database from a backup")
    restore.add_argument("file", type=Path, help="as `footfall backup` made it")
    delete.set_defaults(run=_on_store(upkeep.delete_site, needs_site=False))
    backup.set_defaults(run=_on_store(upkeep.back_up, needs_site=False))
    restore.set_defaults(run=_on_store(upkeep.restore))
    for command in (delete, backup, restore):
        _add_settings(command)


def _on_store(
    run: Callable[[Settings, argparse.Namespace], None], *, needs_site: bool = True
) -> Callable[..., None]:
    """Return the command that works on what is stored."""
    return lambda options: run(_settings(options, needs_site=needs_site), options)


def _add_settings(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--config", type=Path, metavar="FILE", help="settings file (footfall.toml)")
    add("--listen", metavar="HOST:PORT", help="default 127.0.0.1:8000")
    add("--data", metavar="FOLDER", help="spool and embedded database; default ./data")
    add("--store", metavar="URL", help='"chdb" (default) or a ClickHouse server\'s http URL')
    add("--site", metavar="DOMAIN", action="append", help="a site to count; repeatable")
    add("--key", metavar="SECRET", help="a query key for all sites, for trying things out")
    add("--profile", metavar="NAME", help="standard (default) or exempt")
    add(
        "--no-handover",
        action="store_const",
        const=False,
        dest="handover",
        help="forget running visits at a restart",
    )


def _config(options: argparse.Namespace) -> Path | None:
    """Return the settings file, if there is one."""
    named = os.environ.get("FOOTFALL_CONFIG")
    return options.config or (Path(named) if named else None)


def _settings(options: argparse.Namespace, *, needs_site: bool = True) -> Settings:
    flags: dict[str, Any] = {
        name: getattr(options, name) for name in _FLAGS if getattr(options, name) is not None
    }
    settings = load(_config(options), os.environ, flags)
    if needs_site and not settings.sites:
        raise SettingsError("there is no site; add --site example.com, or a [[site]] in the file")
    return settings


def _serve(options: argparse.Namespace, role: Role = Role.BOTH) -> None:
    settings = _settings(options)
    if not settings.keys and role is not Role.COLLECT:
        options.key = secrets.token_urlsafe(18)
        settings = _settings(options)
    serve(partial(_settings, options), settings, role, options.key)


def _demo(options: argparse.Namespace) -> None:
    options.site = options.site or ["demo.example"]
    options.key = options.key or "demo"
    settings = _settings(options)
    if options.config is None:
        site = msgspec.structs.replace(settings.sites[0], timezone=TIMEZONE, goals=GOALS)
        settings = msgspec.structs.replace(settings, sites=(site, *settings.sites[1:]))
    fill(settings, time.time())
    serve(partial(_settings, options), settings, Role.BOTH, options.key)


def _audit(options: argparse.Namespace) -> int:
    return 0 if tell(audit(_settings(options), _config(options)), as_json=options.json) else 1


def _prove(options: argparse.Namespace) -> int:
    given = [f"--site={domain}" for domain in options.site or ()]
    given += [
        f"--{name}={value}" for name in ("config", "profile") if (value := getattr(options, name))
    ]
    given += ["--no-handover"] if options.handover is False else []
    return 0 if prove(_settings(options), given) else 1


def _new_key(_: argparse.Namespace) -> None:
    secret = secrets.token_urlsafe(24)
    print(f"secret (give it to the dashboard; it is kept nowhere): {secret}")
    print(f'sha256 (for [[key]] in the file): "{secret_hash(secret)}"')


def _update_geo(options: argparse.Namespace) -> None:
    update(options.folder, print)
