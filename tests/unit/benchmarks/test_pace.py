import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from pace import Pace, flood

REQUEST = b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nok"
ANSWER = b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok"
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def serving(answers):
    """A server that takes its answers from `answers`; None closes the connection."""
    opened = []

    async def serve(reader, writer):
        opened.append(writer)
        while await reader.read(len(REQUEST)):
            answer = next(answers)
            if answer is None:
                break
            writer.write(answer[:20])
            await asyncio.sleep(0)  # an answer may come in pieces
            writer.write(answer[20:])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        try:
            yield server.sockets[0].getsockname()[1], opened
        finally:
            for writer in opened:
                await writer.wait_closed()


def run(answers, send):
    async def work():
        async with serving(iter(answers)) as (port, opened):
            return await send(port), len(opened)

    return asyncio.run(work())


def test_a_flood_is_answered_to_the_last():
    answers = [ANSWER] * 95 + [REFUSAL] * 5
    statuses, opened = run(answers, lambda port: flood(port, iter([REQUEST] * 100), 8))
    assert statuses == Counter({202: 95, 503: 5})
    assert opened == 8


def test_fewer_requests_than_connections_are_a_flood_too():
    statuses, _ = run([ANSWER] * 3, lambda port: flood(port, iter([REQUEST] * 3), 8))
    assert statuses == Counter({202: 3})


def test_a_pace_sends_what_is_due_and_times_each():
    pace = Pace(iter([REQUEST] * 51), rate=500, seconds=0.1)
    run([ANSWER] * 51, lambda port: pace.run(port, 4))
    assert len(pace.latencies) == pace.statuses[202]
    assert 50 <= pace.statuses[202] <= 51
    assert 0 < pace.percentile(0) <= pace.percentile(0.5) <= pace.percentile(1)


@pytest.mark.parametrize(
    "send",
    [
        lambda port: flood(port, iter([REQUEST] * 100), 2),
        lambda port: Pace(iter([REQUEST] * 100), 500, 0.1).run(port, 2),
    ],
    ids=["flood", "pace"],
)
def test_a_lost_connection_is_an_error(send):
    with pytest.raises(ConnectionError):
        run([*[ANSWER] * 10, None, *[ANSWER] * 100], send)
