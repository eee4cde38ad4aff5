"""What the caller is told when a query cannot be answered: problem JSON (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from starlette.responses import Response


class ProblemError(Exception):
    """A query cannot be answered; `detail` says why and what would work.

    A detail names the field and what is possible there, never the value that was sent.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        extras: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.extras = extras or {}

    def response(self) -> Response:
        """Return the answer; `error` repeats the detail for clients of Plausible's API."""
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "error": self.detail,
            **self.extras,
        }
        return Response(
            orjson.dumps(document),
            self.status,
            headers=self.headers,
            media_type="application/problem+json",
        )


def malformed(place: str, problem: str) -> ProblemError:
    """Return a 400: the field at `place` is not of the form that a query has."""
    detail = f"{place}: {problem}" if place else problem
    return ProblemError(400, detail, extras={"field": place})


def impossible(place: str, problem: str, possible: object = None) -> ProblemError:
    """Return a 422: what the field at `place` asks for cannot be answered; say what can."""
    extras = {"field": place} if possible is None else {"field": place, "possible": possible}
    return ProblemError(422, f"{place}: {problem}", extras=extras)
