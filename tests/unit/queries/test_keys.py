import pytest

from ingest.settings import Key, Site, secret_hash
from queries.keys import Keys, find_key, open_sites
from queries.problem import ProblemError

ONE = Key(name="one", sha256=secret_hash("first"), sites=("a.example",))
TWO = Key(name="two", sha256=secret_hash("second"), sites=("a.example", "b.example"))
SITES = (Site(domain="a.example"), Site(domain="b.example"))


@pytest.mark.parametrize("header", ["Bearer second", "bearer second", "BEARER  second "])
def test_a_key_is_found_by_its_secret(header: str):
    assert find_key((ONE, TWO), header) is TWO


@pytest.mark.parametrize(
    "header",
    ["", "second", "Bearer", "Bearer ", "Basic second", "Bearer Second", f"Bearer {TWO.sha256}"],
)
def test_anything_else_is_a_401(header: str):
    with pytest.raises(ProblemError) as caught:
        find_key((ONE, TWO), header)
    assert caught.value.status == 401
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}
    assert "econd" not in caught.value.detail


def test_without_keys_nothing_opens():
    with pytest.raises(ProblemError):
        find_key((), "Bearer second")


def test_a_key_opens_its_sites_alone():
    assert open_sites(SITES, TWO, ["b.example"]) == SITES[1:]
    assert open_sites(SITES, TWO, ["b.example", "a.example", "b.example"]) == SITES[::-1]
    assert open_sites(SITES, TWO, ["*"]) == SITES
    assert open_sites(SITES, ONE, ["*"]) == SITES[:1]
    for domain in ("b.example", "c.example"):
        with pytest.raises(ProblemError) as caught:
            open_sites(SITES, ONE, ["a.example", domain])
        assert (caught.value.status, caught.value.extras["possible"]) == (403, ["a.example"])
        assert domain not in caught.value.detail


def test_a_key_without_sites_opens_none():
    none = Key(name="none", sha256=secret_hash("third"), sites=("gone.example",))
    with pytest.raises(ProblemError):
        open_sites(SITES, none, ["*"])


PUBLIC = Site(domain="open.example", public=True)


def test_without_a_key_public_sites_open():
    keys = Keys((ONE,), 10, sites=(*SITES, PUBLIC))
    for header in ("", "Bearer ", "Basic first"):
        passer_by = keys.admit(header)
        assert open_sites((*SITES, PUBLIC), passer_by, ["open.example"]) == (PUBLIC,)
        assert open_sites((*SITES, PUBLIC), passer_by, ["*"]) == (PUBLIC,)


@pytest.mark.parametrize(
    "domains", [["a.example"], ["a.example", "open.example"], ["none.example"]]
)
def test_without_a_key_other_sites_want_one(domains: list[str]):
    passer_by = Keys((ONE,), 10, sites=(*SITES, PUBLIC)).admit("")
    with pytest.raises(ProblemError) as caught:
        open_sites((*SITES, PUBLIC), passer_by, domains)
    assert caught.value.status == 401
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}


def test_a_wrong_key_opens_no_public_site():
    with pytest.raises(ProblemError) as caught:
        Keys((ONE,), 10, sites=(PUBLIC,)).admit("Bearer wrong")
    assert caught.value.status == 401


def test_where_nothing_is_public_everyone_wants_a_key():
    with pytest.raises(ProblemError) as caught:
        Keys((ONE,), 10, sites=SITES).admit("")
    assert caught.value.status == 401


def test_no_secret_is_that_of_passers_by():
    keys = Keys((ONE,), 10, sites=(PUBLIC,))
    passer_by = keys.admit("")
    assert passer_by not in keys.in_force
    with pytest.raises(ProblemError):
        find_key(keys.in_force, f"Bearer {passer_by.sha256}")
