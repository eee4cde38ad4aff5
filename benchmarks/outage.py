"""What the collector's memory and spool do while ClickHouse is away.

    python benchmarks/outage.py --minutes 10 --rate 2000

Starts a collector whose ClickHouse cannot be reached, sends hits at a steady rate, and prints its
resident memory and the size of its spool as time goes on.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

from lane import singly
from servers import Collector, collector, workplace
from stream import stream

CONNECTIONS = 16
AWAY = "http://127.0.0.1:9/away"
REPORT_EVERY = 30
"""Seconds."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=2_000, help="hits a second")
    options = parser.parse_args()
    with workplace() as folder, collector(folder, store=AWAY) as server:
        asyncio.run(load(server, options.rate, options.minutes * 60))


async def load(server: Collector, rate: int, seconds: float) -> None:
    counts: Counter[int] = Counter()
    end = time.monotonic() + seconds
    requests = singly(stream(Random(1)))
    senders = [
        send(server.port, requests, rate / CONNECTIONS, end, counts) for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(report(server, end, counts), *senders)


async def send(
    port: int, requests: Iterator[bytes], rate: float, end: float, counts: Counter[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.monotonic()
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due += 1 / rate
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        counts[int(head[9:12])] += 1
    writer.close()


async def report(server: Collector, end: float, counts: Counter[int]) -> None:
    print("minute  acknowledged  refused  RSS MB  spool parts  spool MB")
    start_time = time.monotonic()
    while time.monotonic() < end:
        await asyncio.sleep(min(REPORT_EVERY, end - time.monotonic()))
        figures = await asyncio.to_thread(server.metrics)
        print(
            f"{(time.monotonic() - start_time) / 60:6.1f}  {counts[202]:12,}  {counts[503]:7,}"
            f"  {server.resident():6.0f}  {figures['footfall_spool_parts']:11,.0f}"
            f"  {figures['footfall_spool_bytes'] / 2**20:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
