import pytest

from tests.unit.visit.walk import Walk


@pytest.fixture
def walk():
    return Walk


@pytest.fixture
def site():
    return Walk()
