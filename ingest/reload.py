"""Takes over keys from the settings while serving: to revoke one, remove it and send SIGHUP."""

import logging
from collections.abc import Callable, Sequence

from ingest.settings import Key, Settings, SettingsError

_log = logging.getLogger("footfall")


class Reload:
    """Reads the settings again when it is called, and takes over their keys alone."""

    def __init__(
        self,
        load: Callable[[], Settings],
        running: Settings,
        take_over: Callable[[Sequence[Key]], None],
    ) -> None:
        """Compare with `running`, which is what `load` gave at the start."""
        self._load = load
        self._running = running
        self._take_over = take_over

    def __call__(self) -> None:
        """Take over the keys, or say in a line why everything stays as it is."""
        try:
            found = self._load()
        except SettingsError as error:
            _log.error("the keys stay as they are: %s", error)
            return
        self._take_over(found.keys)
        _log.warning("query keys in force now: %d", len(found.keys))
        if changed := differing(self._running, found):
            _log.warning("only keys are taken over; restart for %s", ", ".join(changed))


def differing(running: Settings, found: Settings) -> list[str]:
    """Return the names of the settings, keys aside, that are not the same."""
    names = zip(Settings.__struct_fields__, Settings.__struct_encode_fields__, strict=True)
    return [
        told
        for name, told in names
        if name != "keys" and repr(getattr(running, name)) != repr(getattr(found, name))
    ]
