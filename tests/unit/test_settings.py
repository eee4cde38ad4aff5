from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.settings import (
    PROFILES,
    Settings,
    SettingsError,
    load,
    secret_hash,
    site_name,
    split_listen,
)

HASH = "a" * 64
SITE = '[[site]]\ndomain = "example.com"\n'
EXAMPLE = f"""
listen = "127.0.0.1:8000"
data = "./data"                  # spool, embedded ClickHouse
store = "chdb"                   # or "http://user:password@host:8123/footfall"
profile = "standard"
trusted_proxies = ["127.0.0.1/32"]

[[site]]
domain = "example.com"           # www. is the same site
timezone = "Europe/Paris"
k = 5
retention_days = 759             # 25 months
goals = [{{ name = "Signup", event = "Signup" }}, {{ name = "Pricing", page = "/pricing/**" }}]

[[key]]
name = "marketing"
sha256 = "{HASH}"                # as printed by `footfall key new`
sites = ["example.com"]
"""


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a settings file."""

    def write(text):
        path = tmp_path / "footfall.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(config, environment=None, flags=None):
    """Return the one line in which settings are refused."""
    with pytest.raises(SettingsError) as error:
        load(config, environment or {}, flags or {})
    line = str(error.value)
    assert "\n" not in line
    assert error.value.__cause__ is None
    return line


def test_the_example_is_read(file):
    settings = load(file(EXAMPLE), {}, {})
    assert (settings.listen, settings.data, settings.store) == (
        "127.0.0.1:8000",
        Path("data"),
        "chdb",
    )
    assert settings.trusted_proxies == ("127.0.0.1/32",)
    (site,), (key,) = settings.sites, settings.keys
    assert (site.domain, site.timezone) == ("example.com", ZoneInfo("Europe/Paris"))
    assert (site.k, site.retention_days) == (5, 759)
    assert [(goal.name, goal.event, goal.page) for goal in site.goals] == [
        ("Signup", "Signup", ""),
        ("Pricing", "", "/pricing/**"),
    ]
    assert (key.name, key.sha256, key.sites) == ("marketing", HASH, ("example.com",))


def test_an_empty_folder_has_careful_defaults(file):
    settings = load(None, {}, {})
    assert settings == load(file(""), {}, {}) == Settings()
    assert settings.profile == "standard"
    assert (settings.trusted_proxies, settings.opt_out_signals) == ((), "drop")
    assert settings.count_by == "prefix"
    assert load(file(SITE), {}, {}).sites[0].k == 5


def test_profiles_name_how_much_of_an_address_is_kept():
    assert PROFILES["standard"][:2] == (24, 48)
    assert PROFILES["exempt"][:2] == (16, 32)
    assert load(None, {}, {"profile": "exempt"}).profile == "exempt"


def test_flags_win_over_the_environment_and_that_over_the_file(file):
    config = file('listen = "1.1.1.1:1"\ndata = "file"\nprofile = "exempt"\n')
    environment = {"FOOTFALL_LISTEN": "2.2.2.2:2", "FOOTFALL_DATA": "environment", "HOME": "/"}
    settings = load(config, environment, {"listen": "3.3.3.3:3"})
    assert (settings.listen, str(settings.data)) == ("3.3.3.3:3", "environment")
    assert settings.profile == "exempt"


def test_the_environment_can_say_numbers_and_lists():
    settings = load(
        None,
        {
            "FOOTFALL_WAITING_CELLS": "7",
            "FOOTFALL_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128",
            "FOOTFALL_SITE": "a.example, www.b.example",
            "FOOTFALL_CONFIG": "elsewhere.toml",
        },
        {},
    )
    assert settings.waiting_cells == 7
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert [site.domain for site in settings.sites] == ["a.example", "b.example"]


def test_sites_are_added_to_those_of_the_file(file):
    config = file('[[site]]\ndomain = "a.example"\nk = 9\n')
    settings = load(
        config, {"FOOTFALL_SITE": "b.example"}, {"site": ["WWW.A.example", "c.example"]}
    )
    assert [(site.domain, site.k) for site in settings.sites] == [
        ("a.example", 9),
        ("b.example", 5),
        ("c.example", 5),
    ]


def test_a_key_for_trying_out_opens_all_sites(file):
    config = file(EXAMPLE)
    settings = load(config, {}, {"site": ["b.example"], "key": "secret"})
    assert settings.keys[0].name == "marketing"
    assert settings.keys[-1].sha256 == secret_hash("secret")
    assert settings.keys[-1].sites == ("example.com", "b.example")
    assert load(None, {"FOOTFALL_KEY": "a,b"}, {}).keys[0].sha256 == secret_hash("a,b")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sites = 1", "'sites'; remove it or mend its name"),
        (f"{SITE}time_zone = 'UTC'", "site[0]: there is no setting 'time_zone'; remove it"),
        ("listen = 8000", "listen: Expected `str`, got `int`"),
        ('listen = "8000"', "listen is HOST:PORT, like 127.0.0.1:8000"),
        ('listen = "localhost:http"', "listen is HOST:PORT, like 127.0.0.1:8000"),
        ('listen = "localhost:65536"', "listen is HOST:PORT, like 127.0.0.1:8000"),
        ('trusted_proxies = "10.0.0.0/8"', "trusted_proxies: Expected `array`, got `str`"),
        ('trusted_proxies = ["x"]', "trusted_proxies: 'x' is not a network; write it like 10."),
        ('trusted_proxies = ["10.0.0.1/8"]', "trusted_proxies: '10.0.0.1/8' is not a network"),
        ('cluster = "a"', "cluster: give the URL of one of its servers as store"),
        (
            'store = "http://a"\ncluster = "a`"',
            "cluster is a name, as in ClickHouse's remote_servers",
        ),
        ("replicated = true", "replicated and servers speak of a cluster; give its name"),
        ('servers = ["http://a"]', "replicated and servers speak of a cluster; give its name"),
        (
            'store = "http://a"\ncluster = "a"\nservers = ["chdb"]',
            'servers are URLs like "http://user:password@host:8123/database"',
        ),
        ('store = "clickhouse://x"', 'store is "chdb", "chdb:///folder" or "http://user:'),
        ('store = ""', 'store is "chdb", "chdb:///folder" or "http://user:'),
        ("waiting_cells = 'many'", "waiting_cells: Expected `int`, got `str`"),
        ("data = 5", "data: "),
        ('geo = { contry = "a" }', "geo: there is no setting 'contry'; remove it or mend its name"),
        ("[[site]]\nk = 5", "site[0]: Object missing required field `domain`"),
        ('[[site]]\ndomain = "WWW.example.com"', "site[0]: write the domain as 'example.com'"),
        ('[[site]]\ndomain = "https://a.example"', "site[0]: not a domain; write it like example"),
        ('[[site]]\ndomain = "a.example/path"', "site[0]: not a domain; write it like example"),
        ('[[site]]\ndomain = ""', "site[0]: not a domain; write it like example"),
        (SITE + SITE, "a site is there twice; give each domain one [[site]]"),
        (f"{SITE}k = 0", "site[0]: k is at least 1"),
        ("query_rate = 0", "query_rate is at least 1"),
        (f"{SITE}retention_days = 0", "site[0]: retention_days is 1 to 10000"),
        (f"{SITE}retention_days = 10001", "site[0]: retention_days is 1 to 10000"),
        (f"{SITE}hours_days = 1", "site[0]: hours_days is 2 to 10000"),
        (f'{SITE}timezone = "Mars/Base"', "site[0].timezone: no such time zone; write it like Eur"),
        (f'{SITE}timezone = "../secret"', "site[0].timezone: no such time zone; write it like Eur"),
        (f'{SITE}timezone = "Europe"', "site[0].timezone: no such time zone; write it like Eur"),
        (f"{SITE}timezone = 5", "site[0].timezone: "),
        (f'{SITE}goals = [{{ name = "a" }}]', "site[0].goals[0]: a goal has either an event or"),
        (f'{SITE}goals = [{{ name = "a", page = "b" }}]', "a goal's page starts with /"),
        (
            f'{SITE}goals = [{{ name = "a", page = "/b", event = "c" }}]',
            "site[0].goals[0]: a goal has either an event or a page",
        ),
        ('[[key]]\nname = "a"\nsha256 = "b"\nsites = []', "key[0]: sha256 is 64 hexadecimal dig"),
        (
            f'[[key]]\nname = "a"\nsha256 = "{HASH}"\nsites = ["b.example"]',
            "key 'a' names 'b.example', which has no [[site]]",
        ),
        ("listen = ", "not TOML: "),
        ("[[site", "not TOML: "),
        ("listen = 'a'\nlisten = 'b'", "not TOML: "),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_place(file, text, told):
    config = file(text)
    line = refusal(config)
    assert line.startswith(f"{config}: ")
    assert told in line


@pytest.mark.parametrize(
    "store",
    [
        "http://",
        "http:///database",
        "http://user:secret@host:port/database",
        "http://user:secret@host:99999/database",
        "http://[::1/database",
    ],
)
def test_a_store_url_that_names_no_server_is_refused_without_its_password(store):
    line = refusal(None, flags={"store": store})
    assert "http://user:password@host:8123/database" in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("setting", "choice"),
    [("profile", "exempt"), ("opt_out_signals", "totals"), ("count_by", "address")],
)
def test_a_word_that_is_no_choice_is_refused_with_the_choices(setting, choice):
    line = refusal(None, flags={setting: "none"})
    assert f"{setting}: " in line
    assert choice in line


@pytest.mark.parametrize("caps", ["{ pages = 5 }", "{ page = 0 }", "{ page = -1 }"])
def test_a_cap_that_caps_nothing_is_refused(file, caps):
    assert "caps" in refusal(file(f"caps = {caps}"))


@pytest.mark.parametrize("flags", [{"key": "secret"}, {"site": ["b.example"]}])
@pytest.mark.parametrize(
    "text",
    [
        "[[site]]\nk = 5",
        'site = ["a.example"]',
        '[site]\ndomain = "a.example"',
        "site = 5",
        "[[site]]\ndomain = ['a.example']",
        'key = "secret"',
        "key = 5",
    ],
)
def test_flags_hide_no_mistake_of_the_file(file, text, flags):
    line = refusal(file(text), flags=flags)
    assert "site" in line or "key" in line


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"FOOTFALL_SITES": "a.example"}, "FOOTFALL_SITES: there is no such setting; unset it"),
        ({"FOOTFALL_LISTEN": "x"}, "listen is HOST:PORT"),
        ({"FOOTFALL_SITE": "a.example,,b.example"}, "site[1]: not a domain"),
        ({"FOOTFALL_WAITING_CELLS": "many"}, "waiting_cells: "),
    ],
)
def test_what_is_wrong_in_the_environment_is_told(environment, told):
    assert told in refusal(None, environment)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    assert refusal(tmp_path / "none.toml") == (
        f"{tmp_path / 'none.toml'}: No such file or directory; give the file with --config"
    )
    assert "--config" in refusal(tmp_path)
    (tmp_path / "image.toml").write_bytes(b"\xff\xd8\xff")
    assert "image.toml: not TOML: " in refusal(tmp_path / "image.toml")


def test_a_strange_name_stays_on_one_line(file):
    refusal(file('"a\\nb" = 1'))


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("[::1]:80", "::1", 80),
        ("a.example:0", "a.example", 0),
    ],
)
def test_a_listen_address_is_a_host_and_a_port(listen, host, port):
    assert split_listen(listen) == (host, port)


def test_a_site_is_named_without_www():
    assert site_name(" WWW.Example.COM ") == "example.com"
    assert site_name("www.www.example.com") == "www.example.com"


@pytest.mark.parametrize(
    "domain", ["localhost", "localhost:8080", "xn--bcher-kva.example", "a_b.c"]
)
def test_domains_of_all_kinds_are_sites(domain):
    assert load(None, {}, {"site": [domain]}).sites[0].domain == domain


def test_every_network_that_is_taken_can_be_used():
    networks = ("10.0.0.0/8", "192.0.2.7", "::1", "2001:db8::/32")
    settings = load(None, {}, {"trusted_proxies": networks})
    assert [ip_network(network) for network in settings.trusted_proxies]
