"""The README is run: its commands, in order, as a reader would."""

import csv
import re
import shlex
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import msgspec
import orjson
import pytest
from server import Server

from ingest.cli import main
from ingest.settings import Geo, Goal, Key, Settings, Site
from ingest.store.dimensions import DIMENSIONS
from ingest.store.drops import DropReason
from queries.catalogue import METRICS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
RUNNABLE = re.compile(r"<!-- run: (\w+) -->\n```\w+\n(.*?)```", re.DOTALL)
BLOCKS = dict(RUNNABLE.findall(README))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def make_run() -> list[str]:
    """The arguments that `make run` gives to footfall."""
    [recipe] = re.findall(r"^run:.*\n\t\$\(BIN\)/footfall (.*)$", MAKEFILE, re.MULTILINE)
    return shlex.split(recipe)


class ReadmeServer(Server):
    """What `make run` starts, on a free port."""

    def __init__(self, data: Path):
        super().__init__(data)
        command = [sys.executable, "-m", "ingest", *make_run(), "--data", str(data)]
        self._command = [part.replace(":8000", f":{self.port}") for part in command]

    def shell(self, block: str) -> str:
        """Run a block of the README; return what it printed."""
        script = BLOCKS[block].replace(":8000", f":{self.port}")
        return subprocess.run(
            ["bash", "-ec", script], capture_output=True, text=True, check=True, timeout=60
        ).stdout


@pytest.fixture(scope="module")
def after_the_visit(tmp_path_factory):
    """A data folder after the README's visit, and what its commands printed."""
    data = tmp_path_factory.mktemp("readme") / "data"
    with ReadmeServer(data) as server:
        visit = server.shell("visit")
        server.wait_until(server.has_shipped)
        answer = orjson.loads(server.shell("query"))
        others = {block: server.shell(block) for block in ("rows", "csv", "python")}
        others |= {block: fetch(server, block) for block in ("sheet", "grafana")}
    return data, visit, answer, others


def fetch(server: ReadmeServer, block: str) -> str:
    """Fetch the URL in a block with its headers, as the program would that it is for."""
    [url] = re.findall(r'"(http://[^"]+)"', BLOCKS[block].replace(":8000", f":{server.port}"))
    headers = dict(re.findall(r'"key": "([^"]+)", "value": "([^"]+)"', BLOCKS[block]))
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as got:
        return got.read().decode()


def test_the_first_block_is_make_run():
    assert BLOCKS["serve"] == "make run\n"
    assert "127.0.0.1:8000" in make_run()


def test_the_visit_is_accepted_and_shown(after_the_visit):
    _, visit, answer, _ = after_the_visit
    assert visit.count("HTTP/1.1 202 Accepted") == 2
    shown = re.search(r"The answer begins with `(.*)`", README)[1]
    assert orjson.dumps(answer).decode().startswith(shown)


def test_the_examples_answer(after_the_visit):
    *_, others = after_the_visit
    [day] = orjson.loads(others["rows"])
    assert (day["visitors"], day["pageviews"], next(iter(day))) == (1, 1, "time:day")
    assert others["csv"].splitlines() == ["visit:source,visitors,visits", "Google,1,1"]
    assert others["python"] == "Google 1\n"
    table = list(csv.reader(others["sheet"].splitlines()))
    assert table == [["visit:country", "visitors"], ["(unknown)", "1"]]
    [point] = orjson.loads(others["grafana"])
    selected = [column["selector"] for column in orjson.loads(BLOCKS["grafana"])["columns"]]
    assert [point[name] for name in selected] == [day["time:day"], 1]


def test_the_rows_shown_are_the_rows_stored(after_the_visit, capsys):
    data, *_ = after_the_visit
    assert main(["records", "--data", str(data), "--site", "example.com"]) == 0
    time = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
    stored = re.sub(r" duration=\d+", "", time.sub("TIME", capsys.readouterr().out))
    by_hour = time.sub("TIME", BLOCKS["records"])
    by_day = re.sub(r" hour_visitors=\d+", "", by_hour.replace("traffic", "days   "))
    assert stored == by_hour + by_day


def test_every_make_target_is_there():
    targets = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`", README)) <= targets


def test_every_dependency_has_its_reason():
    extras = PYPROJECT["optional-dependencies"]
    for dependency in [*PYPROJECT["dependencies"], *extras["dev"], *extras["bench"]]:
        name = re.match(r"[\w-]+", dependency)[0]
        assert re.search(rf"\b{re.escape(name)}\b", README.partition("## Dependencies")[2]), name


def test_the_example_settings_are_valid_and_show_every_setting(tmp_path, monkeypatch):
    [example] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    values = tomllib.loads(example)
    del values["geo"]
    msgspec.convert(values, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    for part in (Settings, Site, Key, Goal, Geo):
        for name in part.__struct_encode_fields__:
            assert re.search(rf"\b{name}\b", example), name


def test_every_metric_dimension_and_reason_is_named():
    for metric in METRICS:
        assert f"`{metric.name}`" in README, metric.name
    for dimension in DIMENSIONS:
        plausible = "name" if dimension.name == "event" else dimension.name
        assert re.search(rf"`(event|visit):{plausible}`", README), dimension.name
    for reason in DropReason:
        assert f"`{reason}`" in README, reason


def test_every_command_is_named(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\w+)  ", capsys.readouterr().out, re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        assert re.search(rf"`footfall {command}\b", README), command
