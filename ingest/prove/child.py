"""`python -m ingest.prove.child CONTROL MODULE ARGUMENTS…`: a real process, as a prover needs it.

Its clock is the prover's, it logs whatever anything in it has to say, and a stage that is told to
break raises an error that repeats all that it was given: the worst that a bug could do.
"""

import functools
import logging
import runpy
import secrets
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ingest import beside
from ingest.prove.control import KEY_MARK, STAGES, Control

_KEY_BYTES = 32


def run(path: Path, module: str, arguments: list[str]) -> None:
    """Run the module; it ends the process. What it starts beside it is run in the same way."""
    control = Control(path)
    _take_time_from(control)
    _mark_keys()
    _log_everything()
    for stage, place in STAGES.items():
        _make_breakable(stage, place, control)
    beside.PROGRAM[:] = ["-m", "ingest.prove.child", str(path), "ingest.beside"]
    sys.argv = ["footfall", *arguments]
    runpy.run_module(module, run_name="__main__")


def _take_time_from(control: Control) -> None:
    real = time.time
    time.time = lambda: control.time or real()


def _mark_keys() -> None:
    """Have long secrets, such as the keys of days, begin with a mark; the rest stays random."""
    real = secrets.token_bytes

    def marked(nbytes: int | None = None) -> bytes:
        secret = real(nbytes)
        return secret if len(secret) < _KEY_BYTES else KEY_MARK + secret[len(KEY_MARK) :]

    secrets.token_bytes = marked


def _log_everything() -> None:
    """Let every logger speak, those too that are told to be quiet."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    logging.Logger.setLevel = lambda *_: None  # type: ignore[method-assign]


def _make_breakable(stage: str, place: str, control: Control) -> None:
    module, _, path = place.partition(":")
    owner: Any = import_module(module)
    *owners, name = path.split(".")
    for each in owners:
        owner = getattr(owner, each)
    setattr(owner, name, _breakable(stage, getattr(owner, name), control))


def _breakable(stage: str, work: Callable[..., Any], control: Control) -> Callable[..., Any]:
    @functools.wraps(work)
    def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        if control.breaks == stage:
            raise RuntimeError(f"{stage} breaks with {given!r} {named!r}")
        return work(*given, **named)

    return called


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
