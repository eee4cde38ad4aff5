from ingest.store.tables import COUNTERS, CROSSTABS, DAYS, DROPS, TABLES, TRAFFIC


def test_columns_are_the_key_and_then_the_counters():
    assert TRAFFIC.columns == ("site", "dimension", "hour", "value", *COUNTERS)
    by_day = tuple(name for name in COUNTERS if name != "hour_visitors")
    assert DAYS.columns == ("site", "dimension", "day", "value", *by_day)
    assert CROSSTABS.columns[-len(COUNTERS) :] == COUNTERS
    assert DROPS.columns == ("site", "hour", "reason", "hits")


def test_rows_lie_in_the_order_of_all_of_their_key():
    for table in TABLES:
        assert sorted(table.order) == sorted(name for name, _ in table.key)
