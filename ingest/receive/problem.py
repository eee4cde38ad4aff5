"""Errors of a caller, as problem JSON (RFC 9457) with a plain `error` beside."""

from http import HTTPStatus

import orjson


class Problem(Exception):  # noqa: N818
    """What is wrong with a request. Its detail names a field, never what was in it."""

    def __init__(self, status: HTTPStatus, detail: str, retry_after: int = 0) -> None:
        """`retry_after` is in seconds; 0 says nothing about trying again."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after

    def body(self) -> bytes:
        """Return the problem JSON."""
        return orjson.dumps(
            {
                "type": "about:blank",
                "title": self.status.phrase,
                "status": self.status.value,
                "detail": self.detail,
                "error": self.detail,
            }
        )
