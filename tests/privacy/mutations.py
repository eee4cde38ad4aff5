"""Breaks each guarantee in a copy of the product, and sees that its test fails: `make mutations`.

A test that a broken guarantee passes is no proof, so each of these must be caught.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COPIED = ("ingest", "queries", "tests", "pyproject.toml")
_FAILED = 1
"""What pytest returns when tests have failed; other errors have other numbers."""


class Mutation(NamedTuple):
    """A change to the product, and the test that must fail on it."""

    test: str
    breaks: str
    file: str
    old: str
    new: str


P1 = "test_p1_non_interference.py::test_every_step_up_to_the_disk_is_left_the_same"
P2 = "test_p2_no_canary.py::test_nothing_is_found_whatever_happens"
P3 = "test_p3_no_identifiers.py"
P4 = "test_p4_crowds.py"
P5 = "test_p5_opt_out.py"
P6 = "test_p6_midnight.py"
P7 = "test_p7_device.py"
P8 = "test_p8_proxies.py"

MUTATIONS = (
    Mutation(
        P1,
        "all languages are kept",
        "ingest/anonymize/browser.py",
        "language(accept_language))",
        "accept_language)",
    ),
    Mutation(
        P1,
        "the address is kept as a city",
        "ingest/anonymize/anonymizer.py",
        "self._places.find(network)",
        "self._places.find(network)._replace(city=raw.address)",
    ),
    Mutation(
        P2,
        "an error is logged with its message",
        "ingest/receive/answer.py",
        '_log.error("a hit failed: %s", _place(error))',
        '_log.error("a hit failed: %s", error)',
    ),
    Mutation(
        P2,
        "a page keeps what looks like a person",
        "ingest/anonymize/scrub.py",
        "else mask_segment(name)",
        "else name",
    ),
    Mutation(
        P2,
        "free text is told without a crowd",
        "ingest/visit/day.py",
        "if value == NONE or not (dimension in FREE_TEXT or is_prop(dimension)):",
        "if value:",
    ),
    Mutation(
        P2,
        "memory is handed over by way of the disk",
        "ingest/visit/handover.py",
        'return folder / f"footfall-{name}" if _is_in_ram(folder) else None',
        'return data / f"footfall-{name}"',
    ),
    Mutation(
        P3,
        "records have the minute",
        "ingest/store/calendar.py",
        "time - local.minute * 60 - local.second",
        "time - local.second",
    ),
    Mutation(
        P3,
        "rows are not summed",
        "ingest/store/tables.py",
        'f"SummingMergeTree(({sums}))"',
        '"MergeTree()"',
    ),
    Mutation(
        P4,
        "one visitor less is a crowd",
        "ingest/fold/crowd.py",
        "visitors >= ks",
        "visitors >= ks - 1",
    ),
    Mutation(
        P4,
        "every pageview is another visitor",
        "ingest/fold/crowd.py",
        '_VISITORS = COUNTERS.index("visitors")',
        '_VISITORS = COUNTERS.index("pageviews")',
    ),
    Mutation(
        P5,
        "a signal is not heard",
        "ingest/receive/sender.py",
        'get(b"sec-gpc") == "1" or get(b"dnt") == "1"',
        'get(b"sec-gpc") == "1"',
    ),
    Mutation(
        P5,
        "a hit with a signal is told apart before it is dropped",
        "ingest/anonymize/anonymizer.py",
        "        refused = self._refusal(raw)\n",
        "        self._visitor(raw, site, raw.address, now)\n        refused = self._refusal(raw)\n",
    ),
    Mutation(
        P6,
        "what was sent stays in caches",
        "ingest/pipeline.py",
        "            forget_raw()\n",
        "",
    ),
    Mutation(
        P6,
        "free texts stay after midnight",
        "ingest/visit/day.py",
        "self.seen = self._free_text = None",
        "self.seen = None",
    ),
    Mutation(
        f"{P6}::test_the_serving_process_cannot_dump_core",
        "core dumps are as the system has them",
        "ingest/core_dumps.py",
        "    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n",
        "",
    ),
    Mutation(
        P7,
        "the script has a tag that browsers send back",
        "ingest/beacon/routes.py",
        '    "cache-control": "public, max-age=3600",',
        '    "cache-control": "public, max-age=3600", "etag": "a-visitor",',
    ),
    Mutation(
        P8,
        "everybody is believed",
        "ingest/receive/proxies.py",
        "if peer not in self._known and not self._is_proxy(peer):",
        "if not peer:",
    ),
    Mutation(
        P8,
        "hearsay is believed",
        "ingest/receive/proxies.py",
        "for hop in reversed(hops):",
        "for hop in hops:",
    ),
)


def main() -> int:
    """Try every mutation, or those whose test has the given name; return how many got away."""
    wanted = sys.argv[1:] or [""]
    tried = [each for each in MUTATIONS if any(name in each.test for name in wanted)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = list(pool.map(try_out, tried))
    for mutation, outcome in zip(tried, told, strict=True):
        print(f"{mutation.test[5:7].upper()}  {outcome:<12}  {mutation.breaks}")
    return sum(outcome != "caught" for outcome in told)


def try_out(mutation: Mutation) -> str:
    """Return whether a mutation is caught, gets away, or cannot be tried any more."""
    with tempfile.TemporaryDirectory(prefix="footfall-mutation-") as folder:
        for name in COPIED:
            copy(ROOT / name, Path(folder) / name)
        file = Path(folder) / mutation.file
        text = file.read_text()
        if text.count(mutation.old) != 1:
            return "OUT OF DATE"
        file.write_text(text.replace(mutation.old, mutation.new))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        run = subprocess.run(
            [*command, f"tests/privacy/{mutation.test}"],
            cwd=folder,
            env=os.environ | {"HYPOTHESIS_PROFILE": "mutations"},
            capture_output=True,
            text=True,
            check=False,
        )
    return "caught" if run.returncode == _FAILED else f"GOT AWAY ({run.returncode})"


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, but what is installed."""
    if source.is_file():
        shutil.copy2(source, target)
    else:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(source, target, ignore=ignored)


if __name__ == "__main__":
    sys.exit(main())
