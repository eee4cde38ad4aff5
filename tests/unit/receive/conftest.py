import pytest

from ingest.anonymize.browser import read_browser
from ingest.receive import sender


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Browsers are compared by identity: whom one cache still knows, the other must know too."""
    sender._read.cache_clear()
    read_browser.cache_clear()
