"""SIGTERM: what is in flight is answered, what is acknowledged is counted."""

import signal
import socket

import orjson
import pytest

from tests.faults.collector import Collector
from tests.faults.proxy import Mode
from tests.faults.switched_sync import SwitchedSync
from tests.faults.trial import Trial
from tests.faults.visitors import SITE, event, headers

IN_FLIGHT = 20


def test_stop_under_load(tmp_path, clickhouse, report):
    """Each stop drains the spool, so nothing waits for the next start."""
    with Trial(tmp_path, clickhouse.url) as trial:
        for _ in range(2):
            trial.wait_for_hits(100)
            assert trial.collector.stop() == 0, trial.collector.log.read_text()
            assert trial.counted() >= trial.acknowledged
            trial.collector.start()
        report("SIGTERM", 2, trial.finish())


def test_hits_in_flight_are_answered(tmp_path):
    sync = SwitchedSync(tmp_path)
    with Collector(tmp_path, environment=sync.environment) as collector:
        assert collector.view("/first") == 202
        sync.hold()
        lines = [begin_view(collector, number) for number in range(IN_FLIGHT)]
        for _ in range(3):
            assert collector.is_up()  # what was sent before has been read by now
        collector.process.send_signal(signal.SIGTERM)
        collector.wait_until(lambda: not collector.is_up())
        sync.work()
        answers = [read_all(line) for line in lines]
        assert [answer[:12] for answer in answers] == [b"HTTP/1.1 202"] * IN_FLIGHT
        assert collector.process.wait(timeout=60) == 0


def begin_view(collector: Collector, number: int) -> socket.socket:
    """Send a page view, and do not wait for its answer."""
    body = orjson.dumps(event(f"/page-{number}"))
    fields = headers(number) | {"host": SITE, "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    line = socket.create_connection(("127.0.0.1", collector.port))
    line.sendall(f"POST /api/event HTTP/1.1\r\n{head}\r\n".encode() + body)
    return line


def read_all(line: socket.socket) -> bytes:
    with line, line.makefile("rb") as answer:
        return answer.read()


@pytest.mark.parametrize(("mode", "times"), [(Mode.REFUSE, 1), (Mode.HANG, 1), (Mode.HANG, 2)])
def test_stop_while_clickhouse_is_away(tmp_path, clickhouse, proxy, report, mode, times):
    """It ends all the same; the next start ships what is left. A second signal does not wait."""
    with Trial(tmp_path, clickhouse.url_at(proxy.port), direct=clickhouse.url) as trial:
        trial.wait_until(lambda: trial.counted() > 0)
        proxy.switch(mode)
        if mode is Mode.HANG:
            trial.wait_until(lambda: proxy.struck)
        trial.wait_for_hits(100)
        for _ in range(times):
            trial.collector.process.send_signal(signal.SIGTERM)
        code = trial.collector.process.wait(timeout=60)
        if times == 1:
            assert code == 0, trial.collector.log.read_text()
        proxy.switch(Mode.PASS)
        trial.collector.start()
        report(f"SIGTERM{', twice' * (times - 1)}; ClickHouse: {mode.value}", 1, trial.finish())
