import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.client_hints import Brand, read_brand


@pytest.mark.parametrize(
    ("header", "name", "version"),
    [
        ('"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"', "Chrome", "141"),
        ('"Chromium";v="141", "Microsoft Edge";v="140", "Not/A)Brand";v="24"', "Edge", "140"),
        ('"Not;A=Brand";v="99", "Opera";v="125", "Chromium";v="141"', "Opera", "125"),
        (r'"\\Not\"A;Brand";v="99", "Chromium";v="90", "Brave";v="90"', "Brave", "90"),
        ('"Chromium";v="136", "YaBrowser";v="25.6"', "Yandex Browser", "25"),
        ('"Chromium";v="136", "Samsung Internet";v="29.0"', "Samsung Internet", "29"),
        ('"Vivaldi";v="7.6.3797.58", "Chromium";v="140"', "Vivaldi", "7"),
        ('"(Not(A:Brand";v="99","Google Chrome" ; v="115"', "Chrome", "115"),
    ],
)
def test_the_specific_brand_is_told(header: str, name: str, version: str):
    assert read_brand(header) == Brand(name, version, is_engine=False)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('"Chromium";v="141", "Not?A_Brand";v="8"', "Chromium"),
        ('"Chromium";v="141", "Android WebView";v="141"', "Chrome WebView"),
        ('"Chromium";v="141", "Microsoft Edge WebView2";v="141"', "Edge WebView"),
    ],
)
def test_an_engine_is_told_as_one(header: str, name: str):
    assert read_brand(header) == Brand(name, "141", is_engine=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Chrome",
        '"Google Chrome"',
        '"Google Chrome";v=141',
        '"Google Chrome";v="abc"',
        '"Google Chrome";v="1410"',
        '"Google Chrome";v=""',
        '"Not?A_Brand";v="8"',
        '"jane.doe@example.org";v="1"',
        '"google chrome";v="141"',
        '"' * 400,
        '"\\' * 400,
        "\ud800",
    ],
)
def test_what_is_malformed_or_unknown_is_ignored(header: str):
    assert read_brand(header) is None


@given(st.text(st.characters() | st.sampled_from('";v=\\ ,0')))
@settings(deadline=None)
def test_any_text_is_read(header: str):
    brand = read_brand(header)
    assert brand is None or brand.version.isdigit()
