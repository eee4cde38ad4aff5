"""Runs `wrk`, the load generator, on a core of its own."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import orjson
from servers import LOAD_CORE

_SCRIPT = Path(__file__).with_name("replay.lua")
_SATURATED = 0.9


class Run(NamedTuple):
    """What a run of wrk saw."""

    rate: float
    """Answers a second."""
    answers: int
    refused: int
    """Answers over 399."""
    broken: int
    """Connections that failed, and answers that took too long."""
    p50: float
    """Milliseconds, as p99."""
    p99: float
    core: float
    """How much of its core wrk needed, 0 to 1."""

    @property
    def is_saturated(self) -> bool:
        """Whether wrk may have been the bottleneck."""
        return self.core > _SATURATED


def run(port: int, requests: Path, seconds: float, connections: int) -> Run:
    """Send the requests of a file over and over on so many keep-alive connections."""
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt-get install wrk")
    command = ["taskset", "--cpu-list", str(LOAD_CORE), "wrk", "--threads=1", "--timeout=60s"]
    command += [f"--connections={connections}", f"--duration={seconds:.0f}s"]
    command += [f"--script={_SCRIPT}", f"http://127.0.0.1:{port}", "--", str(requests)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    result = orjson.loads(told.splitlines()[-1])
    seconds = result["microseconds"] / 1e6
    return Run(
        rate=result["answers"] / seconds,
        answers=result["answers"],
        refused=result["refused"],
        broken=result["broken"],
        p50=result["p50"] / 1e3,
        p99=result["p99"] / 1e3,
        core=result["cpu"] / seconds,
    )


def write_requests(path: Path, requests: Iterable[bytes]) -> Path:
    """Write whole requests as `replay.lua` reads them, each after its length; return the path."""
    with path.open("wb") as file:
        for request in requests:
            file.write(b"%8d%b" % (len(request), request))
    return path
