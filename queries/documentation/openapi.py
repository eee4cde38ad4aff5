"""The OpenAPI document: every route, written from the same catalogue that answers queries."""

from typing import Any

from queries.documentation import collector_routes, query_routes
from queries.documentation.schemas import schemas


def openapi() -> dict[str, Any]:
    """Return the document (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "footfall",
            "version": "2",
            "description": "Web analytics that counts the people who pass through a website and "
            "knows none of them.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": query_routes.paths() | collector_routes.paths(),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "a query key"},
                "parameter": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "key",
                    "description": "a query key, where no header can be sent",
                },
            },
        },
    }
