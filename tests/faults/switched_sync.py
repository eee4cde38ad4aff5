"""The spool's syncs, failing or held at will."""

from pathlib import Path

from tests.faults.preload import build


class SwitchedSync:
    """A process started with `environment` obeys the switch."""

    def __init__(self, folder: Path):
        library = build("switched_sync.c", folder)
        self._switch = folder / "sync_switch"
        self._held = folder / "sync_switch.held"
        self.environment = {"LD_PRELOAD": str(library), "SYNC_SWITCH": str(self._switch)}
        self.work()

    def work(self) -> None:
        """Sync as ever."""
        self._say("work")

    def fail(self) -> None:
        """Fail with EIO."""
        self._say("fail")

    def hold(self) -> None:
        """Do not return."""
        self._held.unlink(missing_ok=True)
        self._say("hold")

    def holds(self) -> bool:
        """Tell whether a sync is held."""
        return self._held.exists()

    def _say(self, word: str) -> None:
        new = self._switch.with_suffix(".new")
        new.write_text(word)
        new.replace(self._switch)
