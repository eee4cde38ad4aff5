"""Looks at a loaded server with py-spy: what it is doing, and in which folder."""

import re
import subprocess
import sys
import sysconfig
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from lane import Lane, singly
from servers import LOAD_CORE, Collector, collector, workplace
from stream import stream

_PY_SPY = Path(sysconfig.get_path("scripts"), "py-spy")
_LOOKS = 250
"""A second."""
_WARM_UP = 10
"""Seconds."""
_SPARE = 5
"""Seconds for which the load goes on while py-spy starts and ends."""
_OWN = re.compile(r"\buvicorn/|\b(?:ingest|queries)/(?!cli|app|__main__)(\w+)[/.]")
"""A frame of uvicorn's (without a group) or of one of our folders."""
_CONNECTIONS = 64


def look(flame: Path, seconds: int) -> None:
    """Write a flame graph; print how a hit's time is spread over the folders."""
    if not _PY_SPY.exists():
        sys.exit('py-spy is missing: pip install -e ".[bench]"')
    with workplace() as folder, collector(folder) as server:
        lane = Lane("/api/event", server, singly, 1, _CONNECTIONS)
        file = lane.prepare(folder / "requests", stream(Random(1)))
        lane.measure(file, _WARM_UP)
        for form, target in (("flamegraph", flame), ("raw", folder / "samples")):
            before = server.cpu_beside()
            with ThreadPoolExecutor() as beside:
                load = beside.submit(lane.measure, file, seconds + _SPARE)
                _record(server, target, form, seconds)
        figures = load.result()
        shipping = (server.cpu_beside() - before) / (figures.rate * (seconds + _SPARE))
        looks = _by_folder((folder / "samples").read_text())
        hits = figures.rate * seconds
        times = {name: number / _LOOKS / hits for name, number in looks.most_common()}
        _print(times | {"process beside": shipping}, figures.cost)


def _record(server: Collector, target: Path, form: str, seconds: int) -> None:
    command = ["taskset", "--cpu-list", str(LOAD_CORE), str(_PY_SPY), "record", "--format", form]
    command += ["--output", str(target), "--duration", str(seconds), "--rate", str(_LOOKS)]
    # Not to stop the server while py-spy looks; and only at the thread that runs Python, as one
    # that waits for work often seems to do some.
    command += ["--nonblocking", "--gil", "--pid", str(server.pid)]
    subprocess.run(command, check=True, capture_output=True)


def _by_folder(samples: str) -> Counter[str]:
    """Add up samples ("frame;frame;frame number" a line) by the innermost known frame."""
    folders: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, number = line.rpartition(" ")
        own = _OWN.findall(stack)
        folders[own[-1] if own and own[-1] else "HTTP server and event loop"] += int(number)
    return folders


def _print(times: dict[str, float], cpu: float) -> None:
    """Print seconds of a hit as microseconds; what is not in `times` is C code of the server's."""
    rest = cpu - sum(times.values())
    print("folder                          µs a hit  share")
    rows = {**times, "C code: disk, sockets": rest, "all": cpu}
    for name, seconds in rows.items():
        print(f"{name:<33}  {seconds * 1e6:7.1f}  {seconds / cpu:5.0%}")
    if rest < 0:
        print(
            "others use this core: waiting for it looks like work, so the folders' times are long"
        )
