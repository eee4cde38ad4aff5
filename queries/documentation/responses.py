"""Responses and parameters in the words of OpenAPI."""

from collections.abc import Mapping
from typing import Any

from queries.documentation.schemas import ref

Operation = dict[str, Any]

UNCHANGED = {"304": {"description": "unchanged since the answer of that `If-None-Match`"}}


def json_response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a response of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def text_response(description: str, content_type: str) -> dict[str, Any]:
    """Return a response of text."""
    return {"description": description, "content": {content_type: {"schema": {"type": "string"}}}}


def problems(says: Mapping[int, str]) -> dict[str, Any]:
    """Return the responses of these statuses as problem JSON."""
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {str(status): {"description": text, "content": content} for status, text in says.items()}


def parameter(
    name: str, says: str, example: object, schema: Mapping[str, object], *, required: bool
) -> dict[str, Any]:
    """Return a parameter of a URL's query."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": says,
        "schema": dict(schema),
        "example": example,
    }
