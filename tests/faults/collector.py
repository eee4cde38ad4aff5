"""The collector as a process that a test can end in any way."""

import os
import signal
import subprocess
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import orjson
from processes import children_of
from server import KEY, Server, noon_zone

from ingest.settings import Settings, load
from ingest.visit.handover import default_path
from tests.faults.visitors import SITE, event, headers

_CONFIG = """
trusted_proxies = ["127.0.0.1/32"]
caps = {{ page = 1_000_000, entry_page = 1_000_000, exit_page = 1_000_000 }}
{settings}
[[site]]
domain = "{site}"
timezone = "{timezone}"
hours_days = 759
"""


class Collector(Server):
    """`footfall serve` on one port and data folder, started as often as needed."""

    def __init__(
        self,
        folder: Path,
        store: str = "chdb",
        *arguments: str,
        settings: str = "",
        timezone: str | None = None,
        environment: Mapping[str, str] | None = None,
        data: Path | None = None,
    ):
        self.config = folder / "footfall.toml"
        timezone = timezone or noon_zone()
        self.config.write_text(_CONFIG.format(settings=settings, site=SITE, timezone=timezone))
        self.data = data or folder / "data"
        self.handover = default_path(self.data)
        options = ("--config", str(self.config), "--store", store, *arguments)
        super().__init__(self.data, *options, site=None)
        self.log = folder / "collector.log"
        self._environment = os.environ | {"PYTHONUNBUFFERED": "1"} | (environment or {})

    def settings(self) -> Settings:
        return load(self.config, {}, {"key": KEY})

    def launch(self) -> None:
        """Start, and do not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment
            )

    def start(self) -> "Collector":
        """Start, and wait until it answers."""
        self.launch()
        self.wait_until(self._lives)
        return self

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def kill_beside(self) -> None:
        """Kill the process that ships and asks, if there is one at the moment."""
        for child in children_of(self.process.pid):
            os.kill(child, signal.SIGKILL)

    def refusal(self) -> tuple[int, str]:
        """Start where it cannot; return the exit code and what it says."""
        ended = subprocess.run(
            self._command,
            capture_output=True,
            text=True,
            env=self._environment,
            timeout=60,
            check=False,
        )
        return ended.returncode, ended.stderr

    def view(self, page: str, visitor: int = 0) -> int:
        """Send a page view; return the status of the answer."""
        return self.send(event(page), headers(visitor))[0]

    def pageviews(self) -> int:
        """Return today's, as a dashboard would see them, or -1 if it is told none."""
        query = {"metrics": ["pageviews"], "date_range": "day", "site_id": SITE}
        authorization = {"authorization": f"Bearer {KEY}"}
        try:
            status, _, body = self.post("/api/v2/query", query, authorization)
        except OSError:
            return -1
        return orjson.loads(body)["results"][0]["metrics"][0] if status == HTTPStatus.OK else -1

    def _lives(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def __exit__(self, *_) -> None:
        if self.process and self.process.poll() is None:
            self.kill()
        self.handover.unlink(missing_ok=True)
