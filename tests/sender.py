"""Many hits over a few connections, each answered before the next on its connection."""

import asyncio
from collections.abc import Iterable

import orjson


class Connection:
    """A keep-alive HTTP/1.1 connection."""

    def __init__(self, port: int):
        self._port = port
        self._reader = self._writer = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Send a request; return the status of its answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{head}"
            f"content-length: {len(body)}\r\n\r\n".encode("latin-1")
            + body
        )
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return int(answer[9:12])

    def close(self) -> None:
        if self._writer:
            self._writer.close()


async def send_all(port: int, lanes: Iterable[list[tuple[dict, dict]]]) -> list[int]:
    """Send each lane's (headers, event) in order, lanes side by side; return all statuses."""
    answers = await asyncio.gather(*(_send_lane(port, lane) for lane in lanes))
    return [status for lane in answers for status in lane]


async def _send_lane(port: int, lane: list[tuple[dict, dict]]) -> list[int]:
    connection = Connection(port)
    statuses = [
        await connection.post("/api/event", headers, orjson.dumps(event)) for headers, event in lane
    ]
    connection.close()
    return statuses
