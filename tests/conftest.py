"""What all tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["tests.faults.table"]

# Drawing the first text takes seconds on a clean checkout, and CI machines are slow at times.
settings.register_profile("footfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A mutation is to be caught; how small its example could be is of no interest.
caught = settings.get_profile("footfall")
settings.register_profile("mutations", caught, phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "footfall"))

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (the tests' folder in it is made safely)
_LONGEST = "test_whole_way.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest test first: side by side with the others, none waits for it at the end."""
    items.sort(key=lambda item: item.path.name != _LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _handover_folder() -> Iterator[None]:
    """Handover files of the tests go into a folder of their own, which goes with them."""
    if not _SHARED_MEMORY.is_dir():
        yield
        return
    with tempfile.TemporaryDirectory(dir=_SHARED_MEMORY, prefix="footfall-tests-") as folder:
        os.environ["RUNTIME_DIRECTORY"] = folder
        yield
        del os.environ["RUNTIME_DIRECTORY"]
