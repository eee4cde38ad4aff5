import pickle
from array import array

import numpy as np

from ingest.visit.running import Running
from ingest.visit.wide import WIDTH

BEGINNING = (2**64 - 1, 10, 20, 30, 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
COLUMNS = (
    "visitor", "started", "last", "base", "counted", "day", "day_now", "row_now",
    "earlier", "pageviews", "events", "page", "section", "hostname",
    "exit_page",
)  # fmt: skip


def begin(running):
    row = running.take()
    running.begin(row, *BEGINNING)
    running.set_wide(row, range(row, row + WIDTH))
    running.brought[row] = array("I", [row, row + 1])
    return row


def told(running, row):
    return [getattr(running, name)[row] for name in COLUMNS]


def test_a_beginning_is_told_by_the_columns():
    running = Running()
    row = begin(running)
    assert told(running, row) == list(BEGINNING[: len(COLUMNS)])
    assert running.entries(np.array([row])).tolist() == [[11], [12], [13]]
    assert not running.interacted[row]
    running.interacted[row] = True
    assert running.interacted[row] is True


def test_rows_are_kept_while_there_is_more_room_made_and_over_a_freeze():
    running = Running()
    rows = [begin(running) for _ in range(1_000)]
    assert sorted(rows) == list(range(1_000))
    running.scrolls[5] = array("Q", [7])
    running.untold[6] = {0: "x"}
    thawed = pickle.loads(pickle.dumps(running))  # noqa: S301 (our own bytes)
    for one in (running, thawed):
        assert one.wide(999) == tuple(range(999, 999 + WIDTH))
        assert one.wides(np.array([3, 4])).tolist() == [
            [*range(3, 3 + WIDTH)],
            [*range(4, 4 + WIDTH)],
        ]
        assert told(one, 700) == list(BEGINNING[: len(COLUMNS)])
        assert one.brought[:1_000] == [array("I", [row, row + 1]) for row in range(1_000)]
        assert (one.scrolls, one.untold) == ({5: array("Q", [7])}, {6: {0: "x"}})
        one.last[0] = 99
        assert 1_000 <= one.take() != one.take()


def test_a_released_row_is_wiped_and_given_again():
    running = Running()
    row = begin(running)
    running.scrolls[row] = array("Q", [7])
    running.untold[row] = {0: "x"}
    running.release([row])
    assert (running.scrolls, running.untold, running.brought[row]) == ({}, {}, None)
    assert told(running, row) == [0] * len(COLUMNS)
    assert set(running.wide(row)) == {0}
    assert running.take() == row


def test_silent_visits_are_found():
    running = Running()
    first, second = begin(running), begin(running)
    running.last[second] = 21
    assert running.silent(20) == []
    assert running.silent(21) == [first]
    assert running.silent(22) == [first, second]
