"""The command `footfall`."""

import argparse
import asyncio
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, cast

import msgspec
import uvicorn

from ingest.anonymize.geo.build import update
from ingest.anonymize.geo.fetch import FetchError
from ingest.app import App
from ingest.audit.command import audit, tell
from ingest.core_dumps import forbid_core_dumps
from ingest.demo.fill import fill
from ingest.demo.website import GOALS, TIMEZONE
from ingest.prove.command import prove
from ingest.prove.installation import ProofError
from ingest.receive.patience import SECONDS, Connection, Patience
from ingest.reload import Reload
from ingest.settings import Settings, SettingsError, load, secret_hash, split_listen
from ingest.spool.opening import Claim
from ingest.spool.transaction import SpoolError
from ingest.store.client import Store, StoreError
from ingest.store.listing import list_records
from ingest.store.migrate import SchemaError, migrate

_FLAGS = ("listen", "data", "store", "site", "key", "profile", "handover")
_TURN = 0.000_5
"""Seconds that another thread may run Python before one that waits has its turn. By default it is 5
ms, for which hits would wait again and again while a batch is made ready or an answer written."""
_GRACE = 10
"""Seconds that requests in flight have at a stop."""


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
        ("serve", _serve, "run collector and queries in one process"),
        ("demo", _demo, "make up a year of traffic for a site, and serve it"),
        ("migrate", _migrate, "bring the database to this version's schema"),
        ("records", _list_records, "print every record that is stored, while nothing is served"),
        ("prove", _prove, "put the guarantees to the test, against a throw-away copy"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        _add_settings(command)
    text = "hold the running configuration against what is promised"
    auditing = commands.add_parser("audit", help=text, description=text)
    auditing.set_defaults(run=_audit)
    auditing.add_argument("--json", action="store_true", help="print it for a program")
    _add_settings(auditing)
    key = commands.add_parser("key", help="make a query key").add_subparsers(required=True)
    key.add_parser("new", help="print a new query key and its hash").set_defaults(run=_new_key)
    geo = commands.add_parser("geo", help="country and provider data").add_subparsers(required=True)
    geo_update = geo.add_parser("update", help="fetch newer data")
    geo_update.add_argument("folder", type=Path, help="where to write country.mmdb, provider.mmdb")
    geo_update.set_defaults(run=_update_geo)
    return parser


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


def _settings(options: argparse.Namespace) -> Settings:
    flags: dict[str, Any] = {
        name: getattr(options, name) for name in _FLAGS if getattr(options, name) is not None
    }
    settings = load(_config(options), os.environ, flags)
    if not settings.sites:
        raise SettingsError("there is no site; add --site example.com, or a [[site]] in the file")
    return settings


def _serve(options: argparse.Namespace) -> None:
    settings = _settings(options)
    if not settings.keys:
        options.key = secrets.token_urlsafe(18)
        settings = _settings(options)
    _run(settings, options)


def _run(settings: Settings, options: argparse.Namespace) -> None:
    host, port = split_listen(settings.listen)
    reread = partial(_settings, options)
    as_read = reread()
    sys.setswitchinterval(_TURN)
    forbid_core_dumps()
    app = App(settings)
    print(f"footfall counts {', '.join(site.domain for site in settings.sites)}")
    print(f"  dashboard    http://{settings.listen}/")
    print(f"  sample page  http://{settings.listen}/sample/")
    print(f"  script       http://{settings.listen}/js/footfall.js")
    print(f"  statistics   http://{settings.listen}/api/v2/query")
    if options.key:
        print(f"  query key    {options.key}")
    sys.stdout.flush()
    for stop in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again once it has stopped
        signal.signal(stop, _leave)
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=app.protocol,
            loop="uvloop",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
        ),
        Reload(reread, as_read, app.keys.replace),
    )
    server.run()
    if not server.started:
        raise SettingsError("the server could not start; give another --listen")


class _Server(uvicorn.Server):
    """Uvicorn's, but SIGHUP reloads, and a second signal to stop ends the process at once.

    That loses nothing: a hit is answered when it is on disk, and memory is handed over as it grows.
    """

    def __init__(self, config: uvicorn.Config, reload: Callable[[], None]) -> None:
        super().__init__(config)
        self._reload = reload
        self._patience = Patience()

    async def on_tick(self, counter: int) -> bool:
        """End what takes too long to come; there are ten ticks a second."""
        if counter % (10 * SECONDS) == 0:
            self._patience.look(cast("set[Connection]", self.server_state.connections))
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, for SIGHUP too."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop, or stop."""
        if self.should_exit:
            _leave()
        super().handle_exit(sig, frame)


def _leave(*_: object) -> None:
    """End the process without waiting for threads that may wait for ClickHouse."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _demo(options: argparse.Namespace) -> None:
    options.site = options.site or ["demo.example"]
    options.key = options.key or "demo"
    settings = _settings(options)
    if options.config is None:
        site = msgspec.structs.replace(settings.sites[0], timezone=TIMEZONE, goals=GOALS)
        settings = msgspec.structs.replace(settings, sites=(site, *settings.sites[1:]))
    fill(settings, time.time())
    _run(settings, options)


def _migrate(options: argparse.Namespace) -> None:
    settings = _settings(options)
    with closing(Claim(settings.data)), closing(Store(settings.store, settings.data)) as store:
        migrate(store, settings.retention)
    print("the database has this version's schema")


def _list_records(options: argparse.Namespace) -> None:
    settings = _settings(options)
    with closing(Claim(settings.data)), closing(Store(settings.store, settings.data)) as store:
        for line in list_records(store):
            print(line)


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
