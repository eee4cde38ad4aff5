"""The page of API documentation, written from the OpenAPI document and the catalogue."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

import orjson

_HERE = files("queries.documentation")
_STYLE = (_HERE / "style.css").read_text("utf-8")
_PAGE = Template((_HERE / "page.html").read_text("utf-8"))
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Of the page: it loads nothing and runs nothing."""

Document = Mapping[str, Any]


def page(document: Document, catalogue: Document) -> bytes:
    """Return the page as HTML."""
    return _PAGE.substitute(
        style=_STYLE,
        title=escape(document["info"]["title"]),
        description=escape(document["info"]["description"]),
        routes=_routes(document),
        metrics=_metrics(catalogue),
        dimensions=_dimensions(catalogue),
        times=_table(["name", "what it is"], _named(catalogue["times"])),
        date_ranges=_table(
            ["date range", "what it is"],
            ([_code(each["example"]), escape(each["says"])] for each in catalogue["date_ranges"]),
        ),
        operators=", ".join(map(_code, catalogue["operators"])),
        reasons=_table(["reason", "why"], _named(catalogue["drop_reasons"])),
    ).encode()


def _routes(document: Document) -> str:
    return "\n".join(
        _operation(path, method, operation, document)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )


def _operation(path: str, method: str, operation: Document, document: Document) -> str:
    parts = [
        _summary(path, method, operation),
        f"<p>{escape(operation['description'])}</p>" if "description" in operation else "",
        f"<p class=quiet>{_security(operation)}</p>",
        _parameters(operation.get("parameters", [])),
        _body(operation.get("requestBody"), document),
        _responses(operation["responses"]),
    ]
    return f"<details>{''.join(parts)}</details>"


def _summary(path: str, method: str, operation: Document) -> str:
    says = f"<b>{method.upper()}</b> {_code(path)} <span>{escape(operation['summary'])}</span>"
    return f"<summary>{says}</summary>"


def _security(operation: Document) -> str:
    kinds = {name for each in operation["security"] for name in each}
    if not kinds:
        return "No key."
    return "A query key as bearer header" + (
        ", or as the parameter <code>key</code>." if "parameter" in kinds else "."
    )


def _parameters(parameters: Sequence[Document]) -> str:
    rows = [
        [
            _code(each["name"]),
            escape(each["description"]) + ("" if each["required"] else " (optional)"),
            _code(str(each["example"])),
        ]
        for each in parameters
    ]
    return _table(["parameter", "what it is", "example"], rows) if rows else ""


def _body(body: Document | None, document: Document) -> str:
    """Return the fields of a JSON body and an example."""
    if body is None:
        return ""
    schema = body["content"]["application/json"]["schema"]
    name = schema.get("items", schema)["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    rows = [
        [
            _code(field),
            escape(_told(told)) + ("" if field in schema["required"] else " (optional)"),
        ]
        for field, told in schema["properties"].items()
    ]
    example = orjson.dumps(schema["examples"][0], option=orjson.OPT_INDENT_2).decode()
    return _table(["field", "what it is"], rows) + f"<pre><code>{escape(example)}</code></pre>"


def _told(schema: Document) -> str:
    """Return what a field is, in a few words."""
    if "description" in schema:
        return str(schema["description"])
    if "$ref" in schema:
        return _spaced(schema["$ref"].rpartition("/")[2])
    if "items" in schema:
        items = schema["items"]
        return f"a list of {_told(items)}" if "$ref" in items else "a list"
    return str(schema.get("type", "any"))


def _spaced(name: str) -> str:
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()


def _responses(responses: Mapping[str, Document]) -> str:
    rows = (
        [
            _code(status),
            escape(told["description"]),
            ", ".join(map(_code, told.get("content", {}))),
        ]
        for status, told in responses.items()
    )
    return _table(["status", "what it says", "content"], rows)


def _metrics(catalogue: Document) -> str:
    kinds = catalogue["kinds"]
    rows = (
        [_code(metric["name"]), "<br>".join(_definitions(metric["definitions"], kinds))]
        for metric in catalogue["metrics"]
    )
    return _table(["metric", "what it is"], rows)


def _definitions(definitions: Mapping[str, str], kinds: Mapping[str, str]) -> Iterable[str]:
    """Yield each definition once, with the dimensions that it holds for."""
    for says in dict.fromkeys(definitions.values()):
        where = [kinds[kind] for kind, told in definitions.items() if told == says]
        places = "" if len(where) == len(kinds) else f" <span class=quiet>{'; '.join(where)}</span>"
        yield escape(says) + places


def _dimensions(catalogue: Document) -> str:
    rows = (
        [
            _code(each["name"]),
            ", ".join(map(_code, each["meets"])) or "<span class=quiet>no other</span>",
        ]
        for each in catalogue["dimensions"]
    )
    return _table(["dimension", "meets"], rows)


def _named(entries: Iterable[Document]) -> Iterable[list[str]]:
    return ([_code(each["name"]), escape(each["says"])] for each in entries)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already."""
    titles = "".join(f"<th>{escape(each)}</th>" for each in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
