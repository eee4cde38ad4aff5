"""Starts what is measured, each a process of its own on one core, and looks at it from outside."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from stream import DOMAIN

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]
KEY = "benchmark"

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST_RESIDENT = re.compile(r"VmHWM:\s+(\d+) kB")
_RATE = 100_000
"""Requests a minute: all that asks shares one key."""
_IDLE = 0.03
"""Of its core, at most; a collector sweeps once a second."""


class Server:
    """A running server on the loopback."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.pid = process.pid
        self._process = process

    def cpu(self) -> float:
        """Return the seconds of CPU time it has used, user and system."""
        return sum(map(_cpu, self._read("stat")))

    def cpu_beside(self) -> float:
        """Return those of the processes that it has started."""
        return sum(map(_cpu, self._read("stat")[1:]))

    def resident(self) -> float:
        """Return its resident memory in MB (2**20 bytes)."""
        return sum(int(sizes.split()[1]) for sizes in self._read("statm")) * _PAGE / 2**20

    def most_resident(self) -> float:
        """Return the most it ever was, if its processes had their most at the same time."""
        mosts = [_MOST_RESIDENT.search(state) for state in self._read("status")]
        return sum(int(most[1]) for most in mosts if most) / 2**10

    def _read(self, name: str) -> list[str]:
        """Return a file in /proc of the server and of each process that it has started.

        A copy that writes the handover file may end meanwhile, and has no memory once it has.
        """
        found = []
        for process in self._processes():
            with suppress(FileNotFoundError, ProcessLookupError):
                found.append((process / name).read_text())
        return found

    def _processes(self) -> list[Path]:
        """Return the server and the processes that it has started, in /proc."""
        own = Path(f"/proc/{self.pid}")
        children = [file.read_text().split() for file in own.glob("task/*/children")]
        return [own, *(Path("/proc") / pid for pids in children for pid in pids)]

    def settle(self) -> float:
        """Wait until nothing is left to do; return the seconds in which all was in ClickHouse."""
        return 0

    def wait_until_ready(self) -> Self:
        """Wait until it answers; return it."""
        while not self._answers():
            assert self._process.poll() is None, "the server ended; what it said is above"
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready").close()
        except OSError:
            return False
        return True


def _cpu(stat: str) -> float:
    """Return the seconds of a process, and of those it has started that are over."""
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / _TICKS


class Collector(Server):
    """A running collector."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], run: Path) -> None:
        """`run` is its folder in RAM."""
        super().__init__(port, process)
        self._run = run

    def handover(self) -> float:
        """Return the size of its files in RAM, in MB."""
        return sum(file.stat().st_size for file in self._run.iterdir()) / 2**20

    def metrics(self) -> dict[str, float]:
        """Return the figures of `/metrics`."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return {line.split()[0]: float(line.split()[1]) for line in lines if line[0] != "#"}

    def acknowledged(self) -> int:
        """Return how many hits were answered with 202."""
        return int(self.metrics()["footfall_hits_acknowledged_total"])

    def settle(self) -> float:
        """Wait until the spool is empty and the core idle; return the seconds until it was empty."""
        start = time.monotonic()
        while self.metrics()["footfall_spool_parts"]:
            time.sleep(0.1)
        drained = time.monotonic() - start
        while self._busy() > _IDLE:
            pass
        return drained

    def _busy(self) -> float:
        before = self.cpu()
        time.sleep(1)
        return self.cpu() - before


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a folder for a collector; remove it at the end, and what the collector left in RAM."""
    with TemporaryDirectory() as disk, TemporaryDirectory(dir="/dev/shm") as ram:
        (Path(disk) / "run").symlink_to(ram)
        yield Path(disk)


@contextmanager
def noop() -> Iterator[Server]:
    """Run the no-op application under uvicorn, as fast as it goes: nothing is on but HTTP."""
    command = [sys.executable, "-m", "uvicorn", "noop:app", "--app-dir", str(Path(__file__).parent)]
    command += ["--loop", "uvloop", "--http", "httptools", "--lifespan", "off", "--no-access-log"]
    command += ["--no-proxy-headers", "--no-server-header", "--no-date-header"]
    port = _free_port()
    with _running([*command, "--log-level", "warning", "--port", str(port)]) as process:
        yield Server(port, process).wait_until_ready()


@contextmanager
def collector(
    folder: Path, sites: Iterable[str] = (DOMAIN,), store: str = "chdb", **environment: str
) -> Iterator[Collector]:
    """Run `footfall serve` at a workplace; it believes what a sender says about addresses."""
    config, run = folder / "footfall.toml", folder / "run"
    tables = "".join(f'[[site]]\ndomain = "{site}"\n' for site in sites)
    config.write_text(f'trusted_proxies = ["127.0.0.1/32"]\nquery_rate = {_RATE}\n{tables}')
    port = _free_port()
    command = [sys.executable, "-m", "ingest", "serve", "--config", str(config), "--key", KEY]
    command += ["--listen", f"127.0.0.1:{port}", "--data", str(folder / "data")]
    command += ["--store", store]
    with _running(command, RUNTIME_DIRECTORY=str(run), **environment) as process:
        yield Collector(port, process, run).wait_until_ready()


@contextmanager
def _running(command: Sequence[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    pinned = ["taskset", "--cpu-list", str(SERVER_CORE), *command]
    variables = os.environ | environment
    process = subprocess.Popen(pinned, stdout=subprocess.DEVNULL, env=variables)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
