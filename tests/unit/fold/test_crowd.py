"""The crowd rule against a plain model: all that a cell gained once k visitors are there."""

from collections import Counter
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fold.crowd import Crowd
from ingest.fold.ledger import Additions
from ingest.fold.symbols import Symbols
from ingest.settings import Site
from ingest.store.records import pair_base
from ingest.store.tables import COUNTERS

DAY = date(2026, 11, 23)
SITES = (Site("open.example", k=1), Site("pair.example", k=2), Site("five.example", k=5))
VISITORS, PAGEVIEWS = COUNTERS.index("visitors"), COUNTERS.index("pageviews")


class Tables:
    """A crowd of three sites, what it was given and what it told."""

    def __init__(self, limit=1_000_000):
        self.symbols = Symbols({})
        self.days = [self.symbols.day(site, DAY) for site in SITES]
        self.crowd = Crowd(self.symbols, limit)
        self.told = Counter()

    def cell(self, site, page, country="FR"):
        day = self.days[site]
        return pair_base(day.symbol("page", page)) + day.symbol("country", country)

    def pass_on(self, gains):
        """Give one group's gains, (cell, pageviews, visitors); add up what is told."""
        additions = Additions()
        for cell, pageviews, visitors in gains:
            amounts = np.zeros((len(COUNTERS), 1))
            amounts[[PAGEVIEWS, VISITORS], 0] = pageviews, visitors
            additions.add(np.array([cell]), amounts)
        sums = self.crowd.pass_on(additions.sum())
        for cell, told in zip(sums.cells.tolist(), sums.gains.T.tolist(), strict=True):
            self.told[cell, "pageviews"] += told[PAGEVIEWS]
            self.told[cell, "visitors"] += told[VISITORS]
        return set(sums.cells.tolist())

    def forget(self, site):
        self.crowd.forget(self.days[site].forget())
        self.days[site] = self.symbols.day(SITES[site], DAY)


class Model:
    """The rule in plain words."""

    def __init__(self, tables, limit):
        self.tables = tables
        self.limit = limit
        self.gained = {}
        self.told = Counter()
        self.open = set()

    def pass_on(self, gains):
        for cell in sorted({cell for cell, *_ in gains}):
            if cell not in self.gained and len(self.gained) < self.limit:
                self.gained[cell] = Counter()
        for cell, pageviews, visitors in gains:
            if cell in self.gained:
                self.gained[cell].update(pageviews=pageviews, visitors=visitors)
        for cell, gained in self.gained.items():
            k = self.site(cell).k
            if k == 1 or gained["visitors"] >= k:
                self.open.add(cell)
        for cell in self.open & self.gained.keys():
            for name in ("pageviews", "visitors"):
                self.told[cell, name] = self.gained[cell][name]

    def forget(self, site):
        for cell in list(self.gained):
            if self.site(cell) is SITES[site]:
                del self.gained[cell]

    def site(self, cell):
        name = self.tables.symbols.name(cell >> 32)
        return next(site for site in SITES if site.domain == name.site)


GAIN = st.tuples(
    st.integers(0, 2), st.sampled_from(["/a", "/b"]), st.integers(-2, 3), st.integers(0, 2)
)
GROUPS = st.lists(st.lists(GAIN, max_size=6) | st.integers(0, 2), max_size=12)


@settings(deadline=None, max_examples=300)
@given(GROUPS, st.sampled_from([0, 1, 3, 100]))
def test_a_cell_tells_all_it_gained_once_its_crowd_is_there_and_nothing_before(groups, limit):
    tables = Tables(limit)
    model = Model(tables, limit)
    for group in groups:
        if isinstance(group, int):
            model.forget(group)
            tables.forget(group)
        else:
            gains = [(tables.cell(site, page), *more) for site, page, *more in group]
            tables.pass_on(gains)
            model.pass_on(gains)
        assert +tables.told == +model.told
        assert -tables.told == -model.told
        assert len(tables.crowd) == len(model.gained) <= limit


def test_a_cell_goes_on_exactly_once_it_is_released():
    tables = Tables()
    cell = tables.cell(1, "/a")
    assert tables.pass_on([(cell, 3, 1)]) == set()
    assert tables.pass_on([(cell, 4, 0)]) == set()
    assert tables.pass_on([(cell, 5, 1)]) == {cell}
    assert tables.pass_on([(cell, -2, 0)]) == {cell}
    assert tables.told == {(cell, "pageviews"): 10, (cell, "visitors"): 2}


def test_a_released_cell_keeps_its_place_when_there_is_no_room_for_more():
    tables = Tables(limit=1)
    first, second = tables.cell(1, "/a"), tables.cell(1, "/b")
    tables.pass_on([(first, 1, 2)])
    assert tables.pass_on([(first, 1, 0), (second, 1, 9)]) == {first}


def test_a_place_used_again_starts_from_nothing():
    tables = Tables(limit=1)
    tables.pass_on([(tables.cell(2, "/a"), 7, 4)])
    tables.forget(2)
    again = tables.cell(2, "/a")
    assert tables.pass_on([(again, 1, 1)]) == set()
    assert tables.pass_on([(again, 1, 4)]) == {again}
    assert tables.told == {(again, "pageviews"): 2, (again, "visitors"): 5}


def test_there_is_room_for_many_cells_and_none_is_mixed_up():
    tables = Tables()
    cells = [tables.cell(1, str(page), str(country)) for page in range(60) for country in range(60)]
    assert tables.pass_on([(cell, place, 1) for place, cell in enumerate(cells)]) == set()
    assert tables.pass_on([(cell, 0, 1) for cell in cells]) == set(cells)
    told = [tables.told[cell, "pageviews"] for cell in cells]
    assert told == list(range(len(cells)))
    assert not tables.crowd._waiting.any()


def test_what_is_forgotten_is_wiped_from_memory():
    tables = Tables()
    tables.pass_on([(tables.cell(2, "/a"), 7, 4), (tables.cell(1, "/a"), 7, 2)])
    for site in (1, 2):
        tables.forget(site)
    assert len(tables.crowd) == 0
    assert not tables.crowd._waiting.any()


def test_counts_that_do_not_fit_into_32_bits_are_kept():
    tables = Tables()
    large, small = tables.cell(1, "/large"), tables.cell(1, "/small")
    tables.pass_on([(large, 2**40, 1), (small, -(2**31), 1)])
    assert tables.pass_on([(large, 1, 1), (small, -1, 1)]) == {large, small}
    assert tables.told[large, "pageviews"] == 2**40 + 1
    assert tables.told[small, "pageviews"] == -(2**31) - 1
