import asyncio
import hashlib
from collections.abc import Iterator

import pytest
from stores import opened

from ingest.store.client import Store
from ingest.store.migrate import migrate
from tests.integration.queries.website import MakeWebsite, Website


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module with each of the `STORES` that it names."""
    if "store" in metafunc.fixturenames and hasattr(metafunc.module, "STORES"):
        metafunc.parametrize("store", metafunc.module.STORES, indirect=True, scope="module")


@pytest.fixture(scope="module")
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    # Embedded ClickHouse opens one folder a process, so it is closed before another module's.
    kind = getattr(request, "param", "embedded")
    servers = None if kind == "embedded" else request.getfixturevalue("servers")
    with opened(kind, servers, tmp_path_factory.mktemp("data")) as store:
        migrate(store, {"example.com": 20_000})
        yield store


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    # One loop for a module keeps its worker threads, and with them the store's clients.
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def website(store: Store, runner: asyncio.Runner, request: pytest.FixtureRequest) -> MakeWebsite:
    # Each test has a site of its own in the module's store.
    domain = f"test-{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}.example"

    def make(
        zone: str = "UTC", k: int = 5, second_zone: str | None = None, collects: bool = True
    ) -> Website:
        return Website(store, runner, domain, zone, k, second_zone, collects)

    return make
