"""Serves an application until it is told to stop."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import cast

import uvicorn

from ingest.allocator import give_back, keep_little
from ingest.app import App, Role
from ingest.core_dumps import forbid_core_dumps
from ingest.receive.patience import SECONDS, Connection, Patience
from ingest.reload import Reload
from ingest.settings import Settings, SettingsError, split_listen

_GRACE = 10
"""Seconds that requests in flight have at a stop."""
_TURN = 0.000_5
"""Seconds that another thread may run Python before one that waits has its turn. By default it is 5
ms, for which hits would wait again and again while a batch is made ready or an answer written."""
_YOUNG, _NEVER = 5_000, 1_000_000_000
"""Objects before Python looks for cycles among the newest; and among older ones, of which there are
none to find: that takes it up to a tenth of a second, and is left to `_TIDY_EVERY`."""
_TIDY_EVERY = 15 * 60
"""Seconds."""
_FIRST_GIVEN = 3
"""The first file descriptor that a service manager gives, by systemd's convention."""


def serve(reread: Callable[[], Settings], settings: Settings, role: Role, key: str | None) -> None:
    """Run until a signal; `reread` reads the settings again, `key` is told if it is given."""
    host, port = split_listen(settings.listen)
    as_read = reread()
    sys.setswitchinterval(_TURN)
    forbid_core_dumps()
    keep_little()
    app = App(settings, role=role)
    gc.freeze()
    gc.set_threshold(_YOUNG, _NEVER, _NEVER)
    _tell(settings, role, key)
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
    server.run(_given_sockets())
    if not server.started:
        raise SettingsError("the server could not start; give another --listen")


def _tell(settings: Settings, role: Role, key: str | None) -> None:
    print(f"footfall counts {', '.join(site.domain for site in settings.sites)}")
    if role is not Role.COLLECT:
        print(f"  dashboard    http://{settings.listen}/")
    if role is not Role.QUERY:
        print(f"  sample page  http://{settings.listen}/sample/")
        print(f"  script       http://{settings.listen}/js/footfall.js")
    if role is not Role.COLLECT:
        print(f"  statistics   http://{settings.listen}/api/v2/query")
    if key:
        print(f"  query key    {key}")
    sys.stdout.flush()


def _given_sockets() -> list[socket.socket] | None:
    """Return the sockets that a service manager holds, and on which hits wait during a restart."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    count = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=_FIRST_GIVEN + number) for number in range(count)] or None


class _Server(uvicorn.Server):
    """Uvicorn's, but SIGHUP reloads, and a second signal to stop ends the process at once.

    That loses nothing: a hit is answered when it is on disk, and memory is handed over as it grows.
    """

    def __init__(self, config: uvicorn.Config, reload: Callable[[], None]) -> None:
        super().__init__(config)
        self._reload = reload
        self._patience = Patience()

    async def on_tick(self, counter: int) -> bool:
        """End what takes too long to come, and tidy up; there are ten ticks a second."""
        if counter % (10 * SECONDS) == 0:
            self._patience.look(cast("set[Connection]", self.server_state.connections))
        if counter % (10 * _TIDY_EVERY) == 0:
            gc.collect()
            give_back()
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
