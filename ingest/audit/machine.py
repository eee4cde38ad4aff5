"""The machine that memory, files and logs are on."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.audit.finding import Finding, judge
from ingest.settings import Settings
from ingest.visit.handover import default_path

_PROC = Path("/proc")
_CORE = re.compile(r"^Max core file size +(\S+) +(\S+)", re.MULTILINE)
_TALKATIVE = ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONMALLOCSTATS", "PYTHONFAULTHANDLER")
_OTHERS = 0o077
_ENDURING = re.compile(r"^(?!/dev/zram)\S+ +\S+", re.MULTILINE)


def examine(settings: Settings, config: Path | None, proc: Path = _PROC) -> Iterator[Finding]:
    """Yield what the machine makes of memory, files and logs; `proc` is where it tells of itself."""
    pid = running(settings.data, proc)
    yield _core_dumps(pid, proc)
    yield _swap(pid, proc)
    yield _handover(settings)
    yield _logs(pid, proc)
    yield from _modes(settings, config)


def running(data: Path, proc: Path = _PROC) -> int | None:
    """Return the process that has claimed a data folder, if there is one."""
    lock = data / "lock"
    if not lock.exists():
        return None
    inode = str(lock.stat().st_ino)
    for line in (proc / "locks").read_text(encoding="utf-8").splitlines():
        _, kind, _, _, pid, place, *_ = line.split()
        if kind == "FLOCK" and place.rpartition(":")[2] == inode and int(pid) > 0:
            return int(pid)
    return None


def _core_dumps(pid: int | None, proc: Path) -> Finding:
    found, holds = "footfall forbids them when it starts to serve", True
    if pid:
        limits = (proc / str(pid) / "limits").read_text(encoding="utf-8")
        told = _CORE.search(limits)
        found = f"process {pid}: limit {told[1] if told else 'unknown'}"
        holds = bool(told) and told is not None and told.groups() == ("0", "0")
    return judge("machine", "a core dump is impossible", holds, found, "restart footfall")


def _swap(pid: int | None, proc: Path) -> Finding:
    """Memory must not get to a disk; zram is memory, and a control group may keep out of swap."""
    there = (proc / "swaps").read_text(encoding="utf-8").partition("\n")[2]
    disks = [line.split()[0] for line in _ENDURING.findall(there)]
    kept_out = pid is not None and _swap_limit(pid, proc) == "0"
    found = f"swap on {', '.join(disks)}" if disks else "no swap on a disk"
    return judge(
        "machine",
        "memory is not swapped to a disk",
        holds=not disks or kept_out,
        found=f"{found}, kept from footfall" if disks and kept_out else found,
        change="MemorySwapMax=0 for its service, or swapoff -a",
    )


def _swap_limit(pid: int, proc: Path) -> str:
    try:
        group = (proc / str(pid) / "cgroup").read_text(encoding="utf-8").strip().rpartition(":")[2]
        limit = Path("/sys/fs/cgroup") / group.lstrip("/") / "memory.swap.max"
        return limit.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _handover(settings: Settings) -> Finding:
    path = default_path(settings.data) if settings.handover else None
    return judge(
        "machine",
        "what outlives a restart is in memory",
        holds=True,
        found=str(path) if path else "nothing outlives it",
        change="handover",
    )


def _logs(pid: int | None, proc: Path) -> Finding:
    environment = _environment(pid, proc) if pid else os.environ
    talks = [name for name in _TALKATIVE if environment.get(name)]
    return judge(
        "machine",
        "no log tells of a request",
        holds=not talks,
        found=", ".join(talks) or "no access log, and none can be switched on",
        change=f"unset {' '.join(talks)}" if talks else "",
    )


def _environment(pid: int, proc: Path) -> Mapping[str, str]:
    try:
        pairs = (proc / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # another user's process
        return {}
    return dict(pair.decode("utf-8", "replace").split("=", 1) for pair in pairs if b"=" in pair)


def _modes(settings: Settings, config: Path | None) -> Iterator[Finding]:
    if settings.data.exists():
        yield _mode("the data folder is its user's alone", settings.data, "chmod 700")
    has_secret = "@" in settings.store
    if config is not None and has_secret:
        yield _mode("the settings' password is its user's alone", config, "chmod 600")


def _mode(criterion: str, path: Path, command: str) -> Finding:
    mode = path.stat().st_mode & 0o777
    return judge(
        "machine", criterion, not mode & _OTHERS, f"{path}: {mode:04o}", f"{command} {path}"
    )
