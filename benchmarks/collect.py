"""How many hits a second the collector takes, beside an application that does nothing.

    python benchmarks/collect.py                one hit a request, against the no-op application
    python benchmarks/collect.py --events       a thousand hits a request, against one
    python benchmarks/collect.py --half         p99 at half the rate, alone and under heavy queries
    python benchmarks/collect.py --minutes 10   whether a hit's cost grows with uptime

What is measured runs on one core, the load generator (`wrk`: apt-get install wrk) on another. Each run
ends with a check that every acknowledged hit is counted once; if not, the exit code is 1.
"""

import argparse
import os
import sys

import comparison
import endurance
import half
from counted import is_exact, read, report
from servers import LOAD_CORE, workplace


def main() -> int:
    options = _options()
    os.sched_setaffinity(0, {LOAD_CORE})
    with workplace() as folder:
        if options.half:
            sent = half.run(folder, options.rounds, options.seconds, options.connections)
        elif options.minutes:
            sent = endurance.run(folder, options.minutes, options.connections)
        else:
            compare = comparison.with_events if options.events else comparison.with_noop
            sent = compare(folder, options.rounds, options.seconds, options.connections)
        stored = read(folder / "data")
    print("", *report(stored, sent), sep="\n")
    return 0 if is_exact(stored, sent) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="of a round")
    parser.add_argument("--connections", type=int, default=64)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--events", action="store_true", help="measure POST /api/events")
    modes.add_argument("--half", action="store_true", help="measure p99 at half the rate")
    modes.add_argument("--minutes", type=int, metavar="N", help="measure N minutes, one by one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
