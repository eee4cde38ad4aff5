"""What a prover tells a running copy: the time, and which of its stages is to break."""

import mmap
import struct
from pathlib import Path

_FORM = struct.Struct("<dI")
STAGES = {
    "receive": "ingest.receive.protocol:read_event",
    "anonymize": "ingest.anonymize.anonymizer:Anonymizer.__call__",
    "visit": "ingest.visit.visits:Visits.count",
    "fold": "ingest.pipeline:fold",
    "spool": "ingest.spool.spool:Spool.append",
    "store": "ingest.store.client:Store.insert",
}
"""A function of each stage, by module and name, in the order of `ingest.pipeline`."""

KEY_MARK = b"a-day's-key:"
"""How the keys of a copy's days begin, so that they can be looked for."""


class Control:
    """A small file that both processes map into memory."""

    def __init__(self, path: Path) -> None:
        """Open the file, or begin one: the real time, and nothing breaks."""
        if not path.exists():
            path.write_bytes(_FORM.pack(0.0, 0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FORM.size)

    @property
    def time(self) -> float:
        """Seconds since 1970 (UTC) that the copy takes for now; 0 for the real time."""
        return float(_FORM.unpack(self._map)[0])

    @time.setter
    def time(self, now: float) -> None:
        self._map[:] = _FORM.pack(now, self._stage)

    @property
    def breaks(self) -> str:
        """The stage that raises an error at each call; empty for none."""
        return ["", *STAGES][self._stage]

    @breaks.setter
    def breaks(self, stage: str) -> None:
        self._map[:] = _FORM.pack(self.time, ["", *STAGES].index(stage))

    @property
    def _stage(self) -> int:
        return int(_FORM.unpack(self._map)[1])
