from ipaddress import ip_address, ip_network
from random import Random

import pytest

from ingest.anonymize.address import cut
from ingest.anonymize.language import language
from ingest.anonymize.place import Places, bundled_country, bundled_provider
from ingest.demo.markets import load_markets, random_address
from ingest.settings import PROFILES

TRIES = 200


@pytest.fixture(scope="module")
def places():
    opened = Places(bundled_country(), bundled_provider())
    yield opened
    opened.close()


@pytest.mark.parametrize("market", load_markets(), ids=lambda market: market.timezone)
def test_every_network_is_in_its_country_and_its_operator_s(market, places):
    chance = Random(1)
    for network, operator in market.networks.items():
        found = [
            places.find(cut(random_address(ip_network(network), chance), PROFILES["standard"]))
            for _ in range(TRIES)
        ]
        assert {place.country for place in found} == {market.country}, network
        assert sum(operator in place.provider for place in found) > 0.75 * TRIES, network


def test_markets_are_many():
    markets = load_markets()
    assert len({market.country for market in markets}) >= 30
    assert sum(len(market.networks) for market in markets) >= 80


def test_markets_speak_and_live_somewhere():
    for market in load_markets():
        assert market.zone.key == market.timezone
        assert 0 < market.mobile < 1
        assert market.share > 0
        assert "(unknown)" not in {language(tag) for tag in market.languages}


def test_addresses_are_spread_over_the_networks():
    market = next(market for market in load_markets() if market.country == "FR")
    chance = Random(1)
    addresses = {market.address(chance) for _ in range(300)}
    assert len(addresses) == 300
    for network in map(ip_network, market.networks):
        assert sum(ip_address(address) in network for address in addresses) > 20
