"""`footfall audit`: the running configuration against what is promised."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.audit.configuration import exemption, promises
from ingest.audit.finding import Finding, State
from ingest.audit.machine import examine
from ingest.audit.store import look_into
from ingest.settings import Settings

_WIDTH = 140
_TITLES = {
    "settings": "Settings",
    "exemption": "Criteria of the audience-measurement exemption (designed to meet)",
    "machine": "Machine",
    "store": "Store",
}


def audit(settings: Settings, config: Path | None) -> list[Finding]:
    """Return all findings about these settings, and about the machine and store they name."""
    return [
        *promises(settings),
        *exemption(settings),
        *examine(settings, config),
        *look_into(settings),
    ]


def tell(findings: Sequence[Finding], *, as_json: bool, say: Callable[[str], None] = print) -> bool:
    """Print the findings; return whether none failed."""
    counts = Counter(finding.state for finding in findings)
    if as_json:
        told = [finding._asdict() for finding in findings]
        say(json.dumps({"failed": counts[State.FAILED], "findings": told}, indent=2))
    else:
        for about, title in _TITLES.items():
            _tell_table(title, [each for each in findings if each.about == about])
        say(", ".join(f"{counts[state]} {state.value}" for state in State))
    return not counts[State.FAILED]


def _tell_table(title: str, findings: Sequence[Finding]) -> None:
    is_told_people = sys.stdout.isatty()
    console = Console(markup=False, highlight=False, width=None if is_told_people else _WIDTH)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("", "criterion", "found", "what would change it"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        table.add_row(each.state.value, each.criterion, each.found, each.change)
    console.print(table)
    console.print()
