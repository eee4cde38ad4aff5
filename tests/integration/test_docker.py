"""What can be checked of `docker/` without building images."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from clickhouse import ClickHouse
from stores import DOCKER, PASSWORDS, write_config

from ingest.cli import _parser
from ingest.settings import Settings, load

ROOT = DOCKER.parent
FILES = ("compose.yaml", "cluster.yaml")
COMPOSED = {name: yaml.safe_load((DOCKER / name).read_text()) for name in FILES}
SERVICES = [
    pytest.param(composed["services"], name, id=f"{file}-{name}")
    for file, composed in COMPOSED.items()
    for name in composed["services"]
]
CLUSTER = COMPOSED["cluster.yaml"]["services"]


@pytest.mark.parametrize("file", FILES)
def test_compose_files_are_of_the_specifications_schema(file):
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        DOCKER / file,
    ]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize(("services", "name"), SERVICES)
def test_what_a_service_needs_is_there(services, name):
    service = services[name]
    assert set(service.get("depends_on", [])) <= set(services)
    for volume in service.get("volumes", []):
        source = volume.partition(":")[0]
        assert not source.startswith(".") or (DOCKER / source).exists()


@pytest.mark.parametrize(("services", "name"), SERVICES)
def test_footfalls_commands_and_settings_are_such(services, name):
    service = services[name]
    if service.get("image") != "footfall" or "entrypoint" in service:
        return
    _parser().parse_args(service["command"])
    given = {key: str(value) for key, value in service["environment"].items()}
    del given["RUNTIME_DIRECTORY" if "RUNTIME_DIRECTORY" in given else "FOOTFALL_CONFIG"]
    given.pop("FOOTFALL_CONFIG", None)
    given = {key: re.sub(r"\$\{.*\}", "", value) for key, value in given.items()}
    settings = load(DOCKER / "footfall.toml", given, {})
    assert isinstance(settings, Settings)
    assert urlsplit(settings.store).hostname in services
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


def test_nginx_sends_to_the_services_of_the_cluster():
    upstreams = (DOCKER / "nginx/upstreams.conf").read_text()
    named = re.findall(r"server (\S+):8000", upstreams)
    commands = [CLUSTER[name]["command"] for name in named]
    assert commands == [["collect"]] * 3 + [["query"]] * 2
    address = CLUSTER["nginx"]["networks"]["default"]["ipv4_address"]
    for name in named[:3]:
        assert CLUSTER[name]["environment"]["FOOTFALL_TRUSTED_PROXIES"] == f"{address}/32"


def test_a_server_loads_the_clusters_configuration(tmp_path):
    config = write_config(tmp_path / "config")
    for source in ("clickhouse/cluster.d/footfall.xml", "keeper/keeper.xml"):
        target = config.parent / "config.d" / source.replace("/", "-")
        shutil.copy(DOCKER / source, target)
    place = {"FOOTFALL_SHARD": "1", "FOOTFALL_REPLICA": "2"}
    with ClickHouse(tmp_path / "data", config, PASSWORDS | place) as server:
        hosts = server.query(
            "SELECT shard_num, host_name FROM system.clusters WHERE cluster = 'footfall'"
        )
        macros = server.query("SELECT macro, substitution FROM system.macros")
        limits = server.query(
            "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'"
        )
    assert [f"clickhouse-{host[-3:]}" for _, host in hosts] == [host for _, host in hosts]
    assert [(shard, CLUSTER[host]["environment"]["FOOTFALL_SHARD"]) for shard, host in hosts] == [
        (1, "1"),
        (1, "1"),
        (2, "2"),
        (2, "2"),
    ]
    assert dict(macros) == {"shard": "1", "replica": "2"}
    assert limits == [("1200000000",)]


def test_keeper_is_where_servers_look_for_it():
    server = (DOCKER / "clickhouse/cluster.d/footfall.xml").read_text()
    keeper = (DOCKER / "keeper/keeper.xml").read_text()
    host, port = re.search(r"<node><host>(.+)</host><port>(.+)</port></node>", server).groups()
    assert host in CLUSTER
    assert f"<tcp_port>{port}</tcp_port>" in keeper


def stages() -> list[list[str]]:
    """The instructions of each stage of the Dockerfile."""
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def test_the_dockerfiles_commands_make_a_footfall_that_serves(tmp_path):
    """Its first stage, in order, in a clean folder, and what the second says of the result."""
    source, opt = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    build, final = stages()
    for line in build:
        kind, _, rest = line.partition(" ")
        if kind == "COPY":
            *copied, target = rest.split()
            for each in copied:
                copy(ROOT / each, source / (target if target != "./" else each))
        elif kind == "RUN":
            command = re.sub(r"--mount=\S+ ", "", rest).replace("/opt/footfall", f"{opt}/footfall")
            run(shlex.split(command.replace(" install ", " install --no-compile ")), source)
    (entry,) = [line for line in final if line.startswith("ENTRYPOINT")]
    (name,) = yaml.safe_load(entry.partition(" ")[2])
    ended = run([str(opt / "footfall/bin" / name), "key", "new"], tmp_path)
    assert "sha256" in ended.stdout
    served = [path.name for path in (opt / "footfall").rglob("*") if path.is_file()]
    assert {"country.mmdb", "provider.mmdb", "footfall.js", "index.html"} <= set(served)
    assert not [name for name in served if name in ("pip", "gcc", "cc")]
    assert "USER 10001:10001" in final


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess:
    """Run a command, as the image does with its own Python and pip."""
    python = [shutil.which("python3")]
    interpreter = {"python": python, "pip": [*python, "-m", "pip"]}
    command = [*interpreter.get(command[0], [command[0]]), *command[1:]]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended
