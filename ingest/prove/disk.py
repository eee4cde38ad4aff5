"""P2: no canary on disk, in logs or in output; while it works, while it fails, after `kill -9`."""

from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

import orjson

from ingest.prove.canaries import CONTROL, Planting, Visitor, bad_requests, plant
from ingest.prove.control import STAGES
from ingest.prove.installation import NOWHERE, Installation, ProofError
from ingest.prove.search import Find, Search, read_folder

_MORE_THAN_ANY_DISK = str(2**62)
_PAUSED_BY = ("visit", "fold", "spool")
"""Stages whose failure closes the collector for a second."""


class Phase(NamedTuple):
    """What was done with the copy, and where was looked."""

    name: str
    answers: Counter[int]
    """How many requests were answered with each status."""
    places: int
    size: int
    """Bytes searched."""
    found: list[Find]


class DiskProof(NamedTuple):
    """What was planted, where was looked, and what was found."""

    planting: Planting
    forms: int
    phases: list[Phase]

    @property
    def found(self) -> list[Find]:
        """Return every canary that was found."""
        return [find for phase in self.phases for find in phase.found]


def prove_disk(copy: Installation) -> DiskProof:
    """Plant canaries, let everything happen to the copy that happens to servers, and search."""
    planting = plant(copy.settings.sites[0])
    scene = Scene(copy, planting)
    return DiskProof(planting, len(scene.search.needles), list(scene.play()))


class Scene:
    """What happens to a copy, with a search after each part of it."""

    def __init__(self, copy: Installation, planting: Planting) -> None:
        self.search = Search(planting.canaries)
        self._search_memory = Search(
            canary for canary in planting.canaries if not canary.rests_in_memory
        )
        """For those canaries that not even the handover file may hold."""
        self._copy = copy
        self._planting = planting
        self.answers: Counter[int] = Counter()
        """Of the current phase."""

    def play(self) -> Iterator[Phase]:
        """Yield each phase once it is over and searched."""
        copy = self._copy
        copy.start()
        self.send_all()
        if not self.answers[HTTPStatus.ACCEPTED]:
            raise ProofError("the copy took no hit, so nothing can be proven; is its disk full?")
        yield self._phase("while it works")
        self._send_bad()
        yield self._phase("after bad input")
        for stage in STAGES:
            self._break(stage)
        yield self._phase(f"after errors in {', '.join(STAGES)}")
        copy.wait_until_shipped()
        copy.stop()
        yield self._phase("after a graceful stop, every table dumped", dumps=True)
        copy.start(store=NOWHERE)
        self.send_all()
        yield self._phase("while ClickHouse is away")
        copy.kill()
        yield self._phase("after kill -9")
        copy.start(disk_floor=_MORE_THAN_ANY_DISK)
        self.send_all()
        if not self.answers[HTTPStatus.SERVICE_UNAVAILABLE]:
            raise ProofError("the copy took hits though its disk was full")
        yield self._phase("while the disk is full")
        copy.kill()
        copy.start()
        copy.wait_until_shipped()
        copy.kill()
        yield self._phase("after another kill -9, every table dumped", dumps=True)

    def send_all(self) -> None:
        """Send every visitor's hits by every route."""
        for visitor in self._planting.visitors:
            self._send(visitor)

    def _send(self, visitor: Visitor) -> None:
        """Send a visitor's hits by every route."""
        ask, headers = self._copy.ask, visitor.headers
        for more in ({}, {"n": "Signup"}, {"n": "engagement", "e": 1500, "sd": 40}):
            self._count(self._copy.send(visitor.event | more, headers).status)
        parameters = "&".join(f"{key}={quote(visitor.event[key])}" for key in "udr")
        self._count(ask("GET", f"/pixel.gif?{parameters}", headers).status)
        bearer = {"authorization": f"Bearer {self._copy.key}"}
        self._count(ask("POST", "/api/events", bearer, orjson.dumps([visitor.batched])).status)

    def _send_bad(self) -> None:
        visitor, copy = self._planting.visitors[0], self._copy
        for request in bad_requests(visitor, copy.key, copy.settings.sites[0]):
            self._count(copy.ask(**request).status)
        copy.send_raw(f"GET /{visitor.event['userId']} nonsense\r\n\r\n".encode())
        copy.send_raw(orjson.dumps(visitor.event))

    def _break(self, stage: str) -> None:
        """Send hits while a stage raises errors that repeat all it was given."""
        self._copy.control.breaks = stage
        self._send(self._planting.visitors[0])
        self._copy.control.breaks = ""
        if stage in _PAUSED_BY:
            headers = self._planting.visitors[0].headers
            self._copy.wait_until(
                lambda: (
                    self._copy.send(self._planting.visitors[0].event, headers).status
                    == HTTPStatus.ACCEPTED
                )
            )

    def _count(self, status: int) -> None:
        self.answers[status] += 1

    def _phase(self, name: str, *, dumps: bool = False) -> Phase:
        places = self.places(dumps)
        answers, self.answers = self.answers, Counter()
        found = self.search(places) + self._search_handover()
        size = sum(map(len, places.values()))
        return Phase(name, answers, len(places), size, found)

    def places(self, dumps: bool) -> dict[str, bytes]:
        """Return all that there is to search, by name; with `dumps`, once it is stopped, tables."""
        copy = self._copy
        places = {f"data/{name}": read for name, read in read_folder(copy.data).items()}
        places |= {f"tmp/{name}": read for name, read in read_folder(copy.temporary).items()}
        places["stdout and stderr"] = copy.output
        if dumps:
            tables = copy.tables()
            places |= {f"table {name}": repr(rows).encode() for name, rows in tables.items()}
            if not any(CONTROL.encode() in content for content in places.values()):
                raise ProofError("the search does not even find what is stored")
        return places

    def _search_handover(self) -> list[Find]:
        path = self._copy.handover
        if path is None or not path.exists():
            return []
        return self._search_memory({"handover file in RAM": path.read_bytes()})
