"""Errors of a caller, as problem JSON (RFC 9457) with a plain `error` beside."""

from http import HTTPStatus

import orjson


class Problem(Exception):  # noqa: N818
    """What is wrong with a request. Its detail names a field, never what was in it."""

    def __init__(
        self, status: HTTPStatus, detail: str, retry_after: int = 0, index: int | None = None
    ) -> None:
        """`retry_after` is in seconds; 0 says nothing about trying again.

        `index` is the place of what is wrong in a list, from 0.
        """
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.index = index

    def at(self, index: int) -> "Problem":
        """Return the same problem of an element of a list."""
        return Problem(self.status, f"[{index}]: {self.detail}", index=index)

    def body(self) -> bytes:
        """Return the problem JSON."""
        document = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "error": self.detail,
        }
        return orjson.dumps(document if self.index is None else document | {"index": self.index})
