"""What an audit finds."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How a criterion is met."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """Not promised by this profile, or it could not be looked at; it fails nothing."""


class Finding(NamedTuple):
    """A criterion against the running configuration."""

    about: str
    """`settings`, `exemption`, `machine` or `store`."""
    criterion: str
    state: State
    found: str
    change: str
    """The setting, or the command, that would change it; empty if nothing can."""


def judge(about: str, criterion: str, holds: bool, found: str, change: str = "") -> Finding:
    """Return a finding that passes if it `holds`, and else fails."""
    return Finding(about, criterion, State.PASSED if holds else State.FAILED, found, change)
