import pytest
from django.test import RequestFactory

from records.access.client import address_of, network_of


def request(forwarded=None):
    meta = {"REMOTE_ADDR": "10.0.0.1"} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    return RequestFactory().get("/", **meta)


def test_forwarded_header_is_not_believed_without_proxies_of_our_own(settings):
    settings.TRUSTED_PROXIES = 0
    assert address_of(request("1.2.3.4")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [(1, "6.6.6.6, 1.2.3.4", "1.2.3.4"), (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"), (2, "1.2.3.4", "10.0.0.1")],
)
def test_only_our_own_proxies_hops_count(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert address_of(request(forwarded)) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("not an address", "not an address"),
    ],
)
def test_network_is_the_address_or_the_slash_64(address, network):
    assert network_of(address) == network
