import pytest
from counted import Counted, Sent, is_exact, read, report
from stream import DOMAIN, ENGAGED

from ingest.store.client import Store
from ingest.store.migrate import migrate

SENT = Sent(acknowledged=110, seen=100, unread=64)
COUNTED = Counted(pageviews=85, pings=20, drops=5, rest=0)


def test_what_agrees_is_exact():
    assert is_exact(COUNTED, SENT)
    assert list(report(COUNTED, SENT))[-1] == "exact"


@pytest.mark.parametrize(
    ("counted", "sent"),
    [
        (COUNTED._replace(pageviews=84), SENT),
        (COUNTED._replace(drops=6), SENT),
        (COUNTED._replace(rest=1), SENT),
        (COUNTED._replace(pageviews=74), SENT._replace(acknowledged=99)),
        (COUNTED._replace(pageviews=140), SENT._replace(acknowledged=165)),
    ],
    ids=["lost", "twice", "part of a ping", "more seen than told", "more told than sent"],
)
def test_what_does_not_agree_is_told(counted, sent):
    assert not is_exact(counted, sent)
    assert list(report(counted, sent))[-1] == "NOT EXACT"


def test_views_pings_and_drops_of_the_site_are_read(tmp_path):
    store = Store("chdb", tmp_path)
    migrate(store, {DOMAIN: 759})
    store.command(
        "INSERT INTO traffic (site, dimension, hour, value, pageviews, engagement) VALUES "
        f"('{DOMAIN}', '', now(), '', 3, {2 * ENGAGED + 7}), ('{DOMAIN}', 'page', now(), '/', 3, 1)"
        ", ('another.example', '', now(), '', 9, 9)"
    )
    store.command(
        "INSERT INTO drops (site, hour, reason, hits) VALUES "
        f"('{DOMAIN}', now(), 'robot', 4), ('another.example', now(), 'robot', 9)"
    )
    store.close()
    assert read(tmp_path) == Counted(pageviews=3, pings=2, drops=4, rest=7)
