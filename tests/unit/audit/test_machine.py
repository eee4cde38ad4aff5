"""What the machine tells of itself is made up here: no test may swap."""

import os

import pytest

from ingest.audit.finding import State
from ingest.audit.machine import examine, running
from ingest.settings import Settings, Site
from ingest.spool.opening import Claim

PID = 4711
LIMITS = "Limit                     Soft Limit           Hard Limit           Units     \n"
LIMITS += (
    "Max core file size        {core}                    {core}                    bytes     \n"
)
SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
CORE, SWAP, LOGS = (
    "a core dump is impossible",
    "memory is not swapped to a disk",
    "no log tells of a request",
)
FOLDER = "the data folder is its user's alone"


class Machine:
    """A made-up /proc, in which a process may have claimed a data folder."""

    def __init__(self, folder):
        self.proc = folder / "proc"
        self.settings = Settings(data=folder / "data", sites=(Site("example.com"),))
        (self.proc / str(PID)).mkdir(parents=True)
        self.put("locks", "")
        self.put("swaps", SWAPS)
        self.put(f"{PID}/limits", LIMITS.format(core=0))
        self.put(f"{PID}/environ", "LANG=C\0")
        self.put(f"{PID}/cgroup", "0::/nowhere\n")

    def put(self, name, text):
        (self.proc / name).write_text(text)

    def serve(self):
        Claim(self.settings.data).close()
        inode = (self.settings.data / "lock").stat().st_ino
        self.put("locks", f"1: POSIX  ADVISORY  WRITE 5 fe:00:{inode} 0 EOF\n")
        self.put("locks", f"2: FLOCK  ADVISORY  WRITE {PID} fe:00:{inode} 0 EOF\n")

    def states(self, config=None, settings=None):
        found = examine(settings or self.settings, config, self.proc)
        return {finding.criterion: finding.state for finding in found}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_quiet_machine_passes(machine):
    machine.serve()
    assert set(machine.states().values()) == {State.PASSED}


def test_a_process_that_may_dump_core_fails(machine):
    machine.serve()
    machine.put(f"{PID}/limits", LIMITS.format(core="unlimited"))
    assert machine.states()[CORE] is State.FAILED


def test_without_a_process_its_limits_are_those_to_come(machine):
    machine.put(f"{PID}/limits", LIMITS.format(core="unlimited"))
    assert machine.states()[CORE] is State.PASSED


@pytest.mark.parametrize(
    ("swaps", "state"),
    [
        ("/dev/sda2 partition 999 0 -2\n", State.FAILED),
        ("/swapfile file 999 0 -2\n", State.FAILED),
        ("/dev/zram0 partition 999 0 100\n", State.PASSED),
        ("/dev/zram0 partition 999 0 100\n/swapfile file 999 0 -2\n", State.FAILED),
    ],
)
def test_swap_on_a_disk_fails(machine, swaps, state):
    machine.put("swaps", SWAPS + swaps)
    assert machine.states()[SWAP] is state


def test_a_process_whose_python_talks_fails(machine):
    machine.serve()
    machine.put(f"{PID}/environ", "LANG=C\0PYTHONASYNCIODEBUG=1\0")
    assert machine.states()[LOGS] is State.FAILED


def test_a_folder_that_others_may_read_fails(machine):
    machine.serve()
    machine.settings.data.chmod(0o755)
    assert machine.states()[FOLDER] is State.FAILED


@pytest.mark.parametrize(("mode", "state"), [(0o600, State.PASSED), (0o640, State.FAILED)])
def test_a_file_with_a_password_is_its_users_alone(machine, tmp_path, mode, state):
    config = tmp_path / "footfall.toml"
    config.touch(mode)
    config.chmod(mode)
    settings = Settings(store="https://user:word@db.example/x", data=tmp_path / "data")
    assert machine.states(config, settings)["the settings' password is its user's alone"] is state


def test_the_process_that_has_a_folder_is_found(tmp_path):
    data = tmp_path / "data"
    assert running(data) is None
    claim = Claim(data)
    assert running(data) == os.getpid()
    claim.close()
    assert running(data) is None
