"""Keys come and go with SIGHUP, and the rate of each is limited, in the running command."""

import signal
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from server import Server

from ingest.settings import secret_hash

SITE = '[[site]]\ndomain = "example.com"\n'


def _key(secret: str) -> str:
    digest = secret_hash(secret)
    return f'[[key]]\nname = "{secret}"\nsha256 = "{digest}"\nsites = ["example.com"]\n'


def _serve(folder: Path, text: str) -> Server:
    (folder / "footfall.toml").write_text(text)
    return Server(folder / "data", "--config", str(folder / "footfall.toml"), site=None)


def _reload(server: Server, folder: Path, text: str) -> None:
    (folder / "footfall.toml").write_text(text)
    said = server.log.read_text().count("\n")
    server.process.send_signal(signal.SIGHUP)
    server.wait_until(lambda: server.log.read_text().count("\n") > said)


def _ask(server: Server, secret: str) -> tuple[int, str | None]:
    url = f"{server.url}/api/v2/query?site_id=example.com&metrics=visits&date_range=day"
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {secret}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        return error.code, error.headers["retry-after"]


def test_a_removed_key_opens_nothing_after_sighup(tmp_path):
    with _serve(tmp_path, SITE + _key("one") + _key("two")) as server:
        server.wait_until(lambda: _ask(server, "one")[0] == 200)
        _reload(server, tmp_path, SITE + _key("two") + _key("three"))
        assert [_ask(server, key)[0] for key in ("one", "two", "three")] == [401, 200, 200]

        _reload(server, tmp_path, SITE + '[[key]]\nname = "broken"\n')
        assert [_ask(server, key)[0] for key in ("one", "two", "three")] == [401, 200, 200]
        last = server.log.read_text().splitlines()[-1]
        assert "the keys stay as they are" in last
        assert "footfall.toml: key[0]" in last

        _reload(server, tmp_path, SITE + 'k = 9\n[[site]]\ndomain = "new.example"\n' + _key("one"))
        assert [_ask(server, key)[0] for key in ("one", "two", "three")] == [200, 401, 401]
        server.wait_until(lambda: "restart for site\n" in server.log.read_text())
        assert server.stop() == 0


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path):
    with _serve(tmp_path, "query_rate = 3\n" + SITE + _key("one") + _key("two")) as server:
        answers = [_ask(server, "one") for _ in range(10)]
        assert [status for status, _ in answers[:3]] == [200, 200, 200]
        refused = [wait for status, wait in answers if status == 429]
        assert refused
        assert all(1 <= int(wait) <= 20 for wait in refused)
        assert _ask(server, "two")[0] == 200


def test_a_key_in_a_url_is_not_logged(tmp_path):
    with _serve(tmp_path, SITE + _key("a-secret-in-a-url")) as server:
        for path in ("query", "query", "drops", "nothing"):
            for format_ in ("csv", "wrong"):
                query = f"site_id=example.com&format={format_}&key=a-secret-in-a-url"
                with suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(f"{server.url}/api/v2/{path}?{query}", timeout=30)
        assert server.stop() == 0
        assert "a-secret" not in server.log.read_text()
