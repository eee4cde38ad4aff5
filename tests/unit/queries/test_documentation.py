import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import jsonschema_rs
import pytest

from ingest.settings import Settings, Site
from ingest.store.client import Store
from ingest.store.drops import DropReason
from queries.app import routes
from queries.catalogue import ATTRIBUTES, METRICS, Kind
from queries.documentation.catalogue import DATE_RANGES, REASONS, TIMES, catalogue
from queries.documentation.openapi import openapi
from queries.documentation.page import SECURITY_POLICY, page
from queries.filters import Operator
from queries.parameters import OPTIONAL, REQUIRED
from tests.unit.queries.conftest import MakePlan, MakeQuery


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def html() -> str:
    return page(openapi(), catalogue()).decode()


def test_the_catalogue_has_all_there_is():
    told = catalogue()
    assert [each["name"] for each in told["metrics"]] == [metric.name for metric in METRICS]
    assert [each["name"] for each in told["dimensions"]][:-1] == [each.name for each in ATTRIBUTES]
    assert told["operators"] == list(Operator)
    assert set(REASONS) == set(DropReason)
    assert set(told["kinds"]) == {kind.name.lower() for kind in Kind}
    json.dumps(told)


def test_the_pairs_it_tells_are_those_that_are_answered(plan: MakePlan):
    for one in catalogue()["dimensions"]:
        for other in one["meets"]:
            plan("visits", dimensions=[one["name"], other])


@pytest.mark.parametrize("example", DATE_RANGES)
def test_the_date_ranges_it_tells_are_taken(query: MakeQuery, example: str):
    query(date_range=example.split(",") if "," in example else example)


@pytest.mark.parametrize("name", TIMES)
def test_the_times_it_tells_are_taken(query: MakeQuery, name: str):
    query("visits", "day", dimensions=[name])


def test_every_definition_is_told_where_its_metric_is_answered(plan: MakePlan):
    examples = {
        "totals": [],
        "visit": ["visit:source"],
        "place": ["event:page"],
        "act": ["event:goal"],
    }
    for metric in catalogue()["metrics"]:
        for kind in metric["definitions"]:
            plan(metric["name"], dimensions=examples[kind])


def test_every_schema_is_one_and_takes_its_examples():
    document = openapi()
    for name, schema in document["components"]["schemas"].items():
        whole = {**schema, "components": document["components"]}
        validator = jsonschema_rs.Draft202012Validator(whole)
        for example in schema.get("examples", []):
            assert validator.is_valid(example), name


def test_every_reference_and_operation_is_there_once():
    text = json.dumps(openapi())
    names = set(openapi()["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= names
    operations = re.findall(r'"operationId": "(\w+)"', text)
    assert len(set(operations)) == len(operations)


def test_every_parameter_is_told():
    operation = openapi()["paths"]["/api/v2/query"]["get"]
    told = {each["name"]: each["required"] for each in operation["parameters"]}
    assert told == {name: name in REQUIRED for name in (*REQUIRED, *OPTIONAL) if name != "key"}


def test_every_route_of_the_query_api_is_told(tmp_path):
    store = Store("chdb", tmp_path)
    served = routes(Settings(sites=(Site(domain="example.com"),)), store, lambda: 0.0)
    paths = openapi()["paths"]
    for route in served:
        methods = {method.lower() for method in route.methods} - {"head"}
        assert set(paths[route.path]) == methods, route.path


def test_the_page_loads_and_runs_nothing(html: str):
    shown = Page(html)
    assert shown.open == []
    assert {tag for tag, _ in shown.tags}.isdisjoint({"script", "link", "img", "iframe", "form"})
    addresses = [attributes.get("href") for _, attributes in shown.tags if "href" in attributes]
    assert addresses == ["openapi.json"]
    assert not any("src" in attributes or "style" in attributes for _, attributes in shown.tags)
    assert "url(" not in html
    assert "@import" not in html


def test_the_pages_policy_lets_its_own_style_in_alone(html: str):
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert SECURITY_POLICY.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in SECURITY_POLICY


def test_the_page_tells_every_route_parameter_metric_and_dimension(html: str):
    text = Page(html).text
    for path, operations in openapi()["paths"].items():
        assert path in text
        for operation in operations.values():
            assert operation["summary"] in text
    told = catalogue()
    for each in [*told["metrics"], *told["dimensions"], *told["times"], *told["drop_reasons"]]:
        assert each["name"] in text


def test_the_page_writes_texts_as_texts():
    document, told = openapi(), catalogue()
    document["info"]["title"] = "<b>&"
    told["metrics"][0]["definitions"] = {"visit": "<script>alert(1)</script>"}
    html = page(document, told).decode()
    assert "<script>" not in html
    assert "&lt;b&gt;&amp;" in html
