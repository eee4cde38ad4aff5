from ingest.store.drops import DropReason


def test_reasons_fit_in_a_header_and_are_read_back():
    for reason in DropReason:
        assert reason.value.isascii()
        assert reason.value.replace("_", "").islower()
        assert DropReason(reason.value) is reason
