"""Looks at processes from outside."""

from pathlib import Path


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that have not ended."""
    lists = Path(f"/proc/{process}").glob("task/*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def is_running(process: int) -> bool:
    """Whether a process is there, and not just waits for its parent to see that it has ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
