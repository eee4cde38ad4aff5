"""Real ClickHouse servers that all integration tests share, each test in a database of its own."""

from collections.abc import Iterator

import pytest
from stores import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("servers")) as both:
        yield both
