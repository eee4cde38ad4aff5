from ipaddress import IPv4Address
from random import Random

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.anonymize.place import bundled_provider
from ingest.anonymize.provider import name_provider


@pytest.mark.parametrize(
    ("registered", "name"),
    [
        ("Orange S.A.", "Orange"),
        ("Deutsche Telekom AG", "Deutsche Telekom"),
        ("Free SAS", "Free"),
        ("Comcast Cable Communications, LLC", "Comcast Cable Communications"),
        ("Amazon.com, Inc.", "Amazon.com"),
        ("T-Mobile Polska S.A.", "T-Mobile Polska"),
        ("P4 Sp. z o.o.", "P4"),
        ("Hrvatski Telekom d.d.", "Hrvatski Telekom"),
        ("O2 Czech Republic, a.s.", "O2 Czech Republic"),
        ("Telefonica Germany GmbH & Co.OHG", "Telefonica Germany"),
        ("meerfarbig GmbH & Co. KG", "meerfarbig"),
        ("Uninet S.A. de C.V.", "Uninet"),
        ("MTN SA", "MTN"),
        ("TDC Holding A/S", "TDC Holding"),
        ("CLARO S/A", "CLARO"),
        ("Chunghwa Telecom Co., Ltd.", "Chunghwa Telecom"),
        ("Hangzhou Alibaba Advertising Co.,Ltd.", "Hangzhou Alibaba Advertising"),
        ("Reliance Communications (Private) Limited", "Reliance Communications"),
        ("Turk Telekomunikasyon Anonim Sirketi", "Turk Telekomunikasyon"),
        ("Axtel, S.A.B. de C.V.", "Axtel"),
        ("T.A.LUIZ ELETRONICO LTDA - ME", "T.A.LUIZ ELETRONICO"),
        ("PT. Telekomunikasi Selular", "Telekomunikasi Selular"),
        ("PJSC Rostelecom", "Rostelecom"),
        ('"Kyivstar" PJSC', "Kyivstar"),
        ('JSC "ER-Telecom Holding"', "ER-Telecom Holding"),
    ],
)
def test_drops_the_legal_form(registered: str, name: str) -> None:
    assert name_provider(registered) == name


@pytest.mark.parametrize(
    ("registered", "name"),
    [
        ("GENSAZ-ASN1 - GENS ARIZONA LLC", "GENS ARIZONA"),
        ("AS54165 - NORTHERN ENGRAVING CORPORATION", "NORTHERN ENGRAVING"),
        ("OGOS INNO-TECH LIMITED - OGOS INNO-TECH LIMITED", "OGOS INNO-TECH"),
        ("MEO - SERVICOS DE COMUNICACOES S.A.", "MEO - SERVICOS DE COMUNICACOES"),
    ],
)
def test_drops_what_the_registry_puts_before(registered: str, name: str) -> None:
    assert name_provider(registered) == name


@pytest.mark.parametrize(
    "name",
    [
        "Chinanet",
        "Korea Telecom",
        "Ford Motor Company",
        "University of California, San Diego",
        "United States Department of Defense (DoD)",
        "COMCAST-7922",
        "TE-AS",
        "Inc.",
        "AS64011",
        "S.A.",
    ],
)
def test_leaves_other_names_alone(name: str) -> None:
    assert name_provider(name) == name


WORDS = ["Acme", "Telecom", "AG", "S.A.", "LLC", "PT", "Co.,Ltd.", "-", " - ", "&", '"', ",", "AS1"]


@given(st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join))
def test_leaves_a_name_that_is_clean(registered: str) -> None:
    name = name_provider(registered)
    assert name.strip()
    if "Acme" in registered:
        assert "Acme" in name
        assert not name.endswith((" AG", " S.A.", " LLC", ",", "-"))


def test_bundled_names_are_clean() -> None:
    chance = Random(7)
    with maxminddb.open_database(bundled_provider()) as database:
        records = [database.get(IPv4Address(chance.getrandbits(32))) for _ in range(20_000)]
    names = {record["autonomous_system_organization"] for record in records if record}
    assert len(names) > 1_000
    assert {name for name in names if name_provider(name) != name} == set()
