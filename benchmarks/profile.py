"""Where a hit's microseconds go.

    python benchmarks/profile.py                    the steps of `ingest/pipeline.py`, timed
    python benchmarks/profile.py --flame flame.svg  a server under load, as py-spy sees it

The first drives the steps in this process, 64 hits at a time as they come on 64 connections:
without HTTP, the event loop, and threads that run side by side. The second looks at a loaded
server, HTTP and all; it draws a flame graph and adds up by folder.
"""

import argparse
import os
from functools import reduce
from pathlib import Path

from loaded import look
from servers import SERVER_CORE, workplace
from steps import GROUP, Time, time_steps


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hits", type=int, default=50_000, help="to time, after as many others")
    parser.add_argument("--flame", type=Path, metavar="FILE.svg")
    parser.add_argument("--seconds", type=int, default=20, help="for which py-spy looks")
    options = parser.parse_args()
    if options.flame:
        look(options.flame, options.seconds)
    else:
        os.sched_setaffinity(0, {SERVER_CORE})
        groups = options.hits // GROUP
        with workplace() as folder:
            _print(time_steps(folder, groups), groups * GROUP)


def _print(times: dict[str, Time], hits: int) -> None:
    total = reduce(Time.plus, times.values())
    print("step         µs a hit  CPU µs  share of CPU")
    for step, taken in [*times.items(), ("all", total)]:
        wall, cpu = taken.wall / hits / 1e3, taken.cpu / hits / 1e3
        print(f"{step:<11}  {wall:8.1f}  {cpu:6.1f}  {taken.cpu / total.cpu:12.0%}")


if __name__ == "__main__":
    main()
