"""P2: no identifier is on disk, in logs or in output: while it works, while it fails, after a kill."""

import base64
import hashlib
from collections import Counter

import pytest

from ingest.prove.canaries import Canary, plant
from ingest.prove.command import tell_disk
from ingest.prove.disk import DiskProof, Phase, Scene
from ingest.prove.search import Find, Search
from ingest.settings import Site
from tests.faults.small_disk import small_disk
from tests.privacy.installations import copy_of

CANARIES = [
    Canary("cookie", ("5e6c635e5e3871d7c82eec1f",)),
    Canary("address", ("90.17.90.216", "90.18.91.217", "90.19.92.218")),
    Canary("address 6", ("2a01:e0a:1ac:c919:29a4:8704:8645:aee7",)),
]
TEXT = CANARIES[0].texts[0].encode()
PACKED = bytes([90, 17, 90, 216])


def test_nothing_is_found_whatever_happens(tmp_path):
    with copy_of(tmp_path) as copy:
        planting, phases, said = plant(copy.settings.sites[0]), [], []
        for phase in Scene(copy, planting).play():
            assert phase.found == [], phase.name
            assert phase.size > 50_000
            phases.append(phase)
        assert tell_disk(DiskProof(planting, 1, phases), said.append)
        assert len([line for line in said if " places, " in line]) == 8
        assert said[-1] == "    found: nothing"
        assert copy.key.encode() not in copy.output


def test_nothing_is_found_when_the_disk_is_really_full(tmp_path):
    with small_disk(tmp_path / "disk", megabytes=64) as disk, copy_of(disk.path) as copy:
        planting = plant(copy.settings.sites[0])
        scene, search = Scene(copy, planting), Search(planting.canaries)
        copy.start(disk_floor="0")
        scene.send_all()
        disk.fill()
        scene.send_all()
        found = search(scene.places(dumps=False))
        disk.clear()
        assert found == []
        assert scene.answers[202]
        assert scene.answers[503]


@pytest.mark.parametrize(
    "left",
    [
        TEXT,
        TEXT.upper(),
        TEXT.decode().encode("utf-16-le"),
        TEXT.hex().encode(),
        base64.b64encode(b"whatever comes before " + TEXT + b" and after"),
        base64.urlsafe_b64encode(b"a" + TEXT),
        hashlib.sha256(TEXT).hexdigest().encode(),
        hashlib.blake2b(TEXT).digest()[:8],
        b"90.17.90.216",
        str(int.from_bytes(PACKED)).encode(),
        bytes([90, 17, 90, 216, 0, 90, 18, 91, 217, 0, 90, 19, 92, 218]),
        base64.b64encode(b'{"ip": "90.18.91.217"}'),
        b"2a01:0e0a:01ac:c919:29a4:8704:8645:aee7",
        bytes.fromhex("2a010e0a01acc91929a487048645aee7"),
    ],
)
def test_the_search_finds_what_is_there(left):
    assert Search(CANARIES)({"file": b"x" * 100 + left + b"y" * 100})


@pytest.mark.parametrize("left", [b"", b"x" * 100, PACKED, TEXT[:-1], b"90.17.90.21"])
def test_the_search_finds_nothing_else(left):
    assert Search(CANARIES)({"file": left}) == []


def test_a_find_is_told():
    planting = plant(Site("example.com"))
    find = Find("cookie", "hexadecimal", "data/spool.sqlite3")
    phases = [Phase("while it works", Counter({202: 5}), 3, 1_000, [find])]
    said = []
    assert not tell_disk(DiskProof(planting, 1, phases), said.append)
    assert said[-2:] == ["    found: 1", "      cookie, hexadecimal: data/spool.sqlite3"]


def test_free_text_is_no_canary_where_everybody_is_a_crowd():
    channels = {
        k: {canary.channel for canary in plant(Site("a.example", k=k)).canaries} for k in (3, 4)
    }
    assert channels[4] - channels[3] == {"property", "utm_content", "utm_term"}
