import re

import pytest

from ingest.beacon.sample_pages import sample_page

ELSEWHERE = {"/js/footfall.js", "/opt-out"}
PAGES = ["", "pricing", "journal", "tour", "tour/kneading", "tour/baking", "privacy"]


def text_of(path: str) -> str:
    found = sample_page(path, "example.com")
    assert found is not None, path
    return found[0].decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reports_to_the_configured_site(path: str):
    assert 'src="/js/footfall.js" data-site="example.com"' in text_of(path)
    assert "{{" not in text_of(path)


@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_a_page_is_there(path: str):
    addresses = re.findall(r'(?:href|src)="([^"?]*)', text_of(path))
    for address in addresses:
        assert address.startswith("/")
        if address not in ELSEWHERE:
            text_of(address.removeprefix("/sample/"))


def test_files_have_the_type_browsers_ask_for():
    types = {path: (sample_page(path, "") or (b"", ""))[1] for path in ("", "style.css")}
    assert types == {"": "text/html; charset=utf-8", "style.css": "text/css; charset=utf-8"}


def test_a_site_cannot_break_out_of_its_attribute():
    page = sample_page("", '"><script>')
    assert page is not None
    assert b'data-site="&quot;&gt;&lt;script&gt;"' in page[0]


@pytest.mark.parametrize("path", ["nowhere", "../footfall.js", "index.html", "/", "tour/"])
def test_an_unknown_path_is_no_page(path: str):
    assert sample_page(path, "example.com") is None
