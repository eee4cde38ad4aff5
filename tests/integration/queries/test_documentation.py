"""The catalogue, the OpenAPI document and its page, by HTTP and without a key."""

import pytest

from queries.documentation.catalogue import catalogue
from queries.documentation.openapi import openapi
from queries.documentation.page import SECURITY_POLICY
from tests.integration.queries.website import MakeWebsite

PATHS = {
    "/api/v2/catalogue": "application/json",
    "/openapi.json": "application/json",
    "/docs": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_document_needs_no_key_and_is_sent_once(website: MakeWebsite, path: str):
    site = website()
    response = site.send("GET", path, headers={})
    assert (response.status_code, response.headers["content-type"]) == (200, PATHS[path])
    assert response.headers["content-encoding"] == "gzip"
    again = site.send("GET", path, headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_documents_are_those_that_are_written(website: MakeWebsite):
    site = website()
    assert site.send("GET", "/api/v2/catalogue").json() == catalogue()
    assert site.send("GET", "/openapi.json").json() == openapi()


def test_the_page_comes_with_a_strict_policy(website: MakeWebsite):
    headers = website().send("GET", "/docs").headers
    assert headers["content-security-policy"] == SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
