import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.anonymize.screen import screen


@pytest.mark.parametrize(
    ("width", "name"),
    [
        (-1, "(unknown)"),
        (0, "(unknown)"),
        (1, "Mobile"),
        (575, "Mobile"),
        (576, "Tablet"),
        (991, "Tablet"),
        (992, "Laptop"),
        (1439, "Laptop"),
        (1440, "Desktop"),
        (1919, "Desktop"),
        (1920, "Wide"),
        (10**9, "Wide"),
    ],
)
def test_a_width_has_one_of_five_classes(width: int, name: str):
    assert screen(width) == name


@given(st.integers(min_value=1), st.integers(min_value=1))
def test_a_wider_viewport_is_never_in_a_narrower_class(a: int, b: int):
    order = ["Mobile", "Tablet", "Laptop", "Desktop", "Wide"]
    assert order.index(screen(min(a, b))) <= order.index(screen(max(a, b)))
