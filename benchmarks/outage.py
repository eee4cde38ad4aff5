"""What the collector's memory and spool do while ClickHouse is away.

    python benchmarks/outage.py --minutes 10 --rate 2000

Starts a collector whose ClickHouse cannot be reached, sends hits at a steady rate, and prints its
resident memory and the size of its spool as time goes on.
"""

import argparse
import asyncio
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CONNECTIONS = 16
VISITORS, PAGES = 20_000, 300
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=2_000, help="hits a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port, process = start(Path(folder))
        try:
            asyncio.run(load(port, process.pid, options.rate, options.minutes * 60))
        finally:
            process.terminate()
            process.wait()


def start(folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "footfall.toml"
    config.write_text('trusted_proxies = ["127.0.0.1/32"]\n')
    command = [sys.executable, "-m", "ingest", "serve", "--config", str(config)]
    command += ["--listen", f"127.0.0.1:{port}", "--data", str(folder / "data")]
    command += ["--site", "example.com", "--store", "http://127.0.0.1:9/away", "--key", "key"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return port, process


async def load(port: int, pid: int, rate: int, seconds: float) -> None:
    counts = {202: 0, 503: 0}
    end = time.monotonic() + seconds
    senders = [send(port, rate / CONNECTIONS, end, counts) for _ in range(CONNECTIONS)]
    await asyncio.gather(report(port, pid, end, counts), *senders)


async def send(port: int, rate: float, end: float, counts: dict[int, int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.monotonic()
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due += 1 / rate
        writer.write(request())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        counts[int(head[9:12])] += 1
    writer.close()


def request() -> bytes:
    visitor = random.randrange(VISITORS)
    version = 100 + visitor % 40
    page = f"https://example.com/page-{random.randrange(PAGES)}"
    body = json.dumps({"n": "pageview", "u": page, "d": "example.com", "w": 1_440}).encode()
    head = (
        "POST /api/event HTTP/1.1\r\nhost: localhost\r\n"
        f"x-forwarded-for: 2.{visitor % 250}.{visitor // 250}.9\r\n"
        f"user-agent: {AGENT.format(version, version)}\r\naccept-language: fr-FR\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def report(port: int, pid: int, end: float, counts: dict[int, int]) -> None:
    print("minute  acknowledged  refused  RSS MB  spool parts  spool MB")
    start_time = time.monotonic()
    while time.monotonic() < end:
        await asyncio.sleep(30)
        figures = await asyncio.to_thread(metrics, port)
        pages = await asyncio.to_thread(resident, pid)
        print(
            f"{(time.monotonic() - start_time) / 60:6.1f}  {counts[202]:12,}  {counts[503]:7,}"
            f"  {pages * 4_096 / 2**20:6.0f}  {figures['footfall_spool_parts']:11,.0f}"
            f"  {figures['footfall_spool_bytes'] / 2**20:8.1f}",
            flush=True,
        )


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def metrics(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines if line[0] != "#"}


if __name__ == "__main__":
    main()
