from ingest.store.tables import COUNTERS, CROSSTABS, DROPS, TRAFFIC


def test_columns_are_the_key_and_then_the_counters():
    assert TRAFFIC.columns == ("site", "dimension", "hour", "value", *COUNTERS)
    assert CROSSTABS.columns[-len(COUNTERS) :] == COUNTERS
    assert DROPS.columns == ("site", "hour", "reason", "hits")
